import ArgumentParser
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooReport
import ZooTrain

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's speed.",
    discussion: "MODEL is a name in the store, an archive, or an architecture such as vit-b16 (random weights).")

  @Argument(help: "What to measure.")
  var model: String
  @Flag(help: "Training steps instead of forward passes.")
  var train = false
  @Option(help: "Images at a time.")
  var batch = 8
  @Option(help: "Repetitions; the fastest is reported.")
  var repeats = 5
  @Option(help: "Measure with a new linear head of so many classes.")
  var classes: Int?
  @Option(help: "With --train, what the backward pass computes again to save memory.")
  var recompute = Recompute.auto
  @Flag(help: "Results that are the same for any number of threads, and what they cost beside the usual ones.")
  var deterministic = false
  @Flag(help: "Show the time by operation.")
  var operations = false
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard batch > 0, repeats > 0, (classes ?? 1) > 0 else { throw ValidationError("numbers must be at least 1") }
  }

  func run() throws {
    try reporting {
      let plugins = shared.plugins()
      var measured = try open()
      if let classes = classes ?? (measured.heads.isEmpty ? 1000 : nil) {
        measured = try measured.replacingHeads(classes: classes, plugins: plugins)
      }
      func measure(_ engine: Engine) throws -> BenchResult {
        train
          ? try benchTraining(measured, engine: engine, batch: batch, repeats: repeats, recompute: recompute)
          : try benchForward(measured, engine: engine, batch: batch, repeats: repeats)
      }
      let usual = deterministic ? try measure(compute.open()) : nil
      let engine = try compute.open(deterministic: deterministic)
      let result = try measure(engine)
      json ? print(jsonText(result, engine, beside: usual)) : show(result, engine, beside: usual)
    }
  }

  private func open() throws -> Model {
    do { return try shared.open(model) } catch let error as ArchiveError {
      // Not a model; perhaps the name of an architecture.
      guard !model.contains("/"), !model.hasSuffix(".tar"),
        let fresh = try? Model.create(architecture: model, options: PluginOptions(), seed: 0, plugins: shared.plugins())
      else { throw error }
      return fresh
    }
  }

  private func show(_ result: BenchResult, _ engine: Engine, beside usual: BenchResult?) {
    let what = (train ? "training step" : "forward") + (deterministic ? ", the same for any number of threads" : "")
    print(
      "\(model) \(what) \(engine.precision.rawValue), batch \(batch), \(engine.version), \(engine.threads) threads: "
        + "\(fixed(result.imagesPerSecond, 2)) images/s (\(fixed(result.best * 1e3, 1)) ms, "
        + "\(fixed(Double(result.flops) / result.best / 1e9, 0)) GFLOP/s), \(bytesText(result.arenaBytes)) of activations"
        + (result.peakBytes.map { ", \(bytesText($0)) at most" } ?? "")
    )
    if let usual {
      print("  \(fixed(result.best / usual.best, 2)) times the usual time, \(fixed(usual.best * 1e3, 1)) ms")
    }
    guard operations else { return }
    for item in result.operations {
      let speed = item.flops > 0 ? "\(fixed(Double(item.flops) / item.seconds / 1e9, 0)) GFLOP/s" : ""
      print(
        "  \(padded(item.name, 30)) \(padded("×\(item.calls)", 5)) \(padded(fixed(item.seconds * 1e3, 2), 9, right: true)) ms  "
          + "\(padded(speed, 12))  \(item.implementation)")
    }
  }

  private func jsonText(_ result: BenchResult, _ engine: Engine, beside usual: BenchResult?) -> String {
    let items = result.operations.map {
      [
        "operation": .string($0.name), "implementation": .string($0.implementation), "calls": .int(Int64($0.calls)),
        "seconds": .double($0.seconds), "flops": .int(Int64($0.flops)),
      ] as JSONValue
    }
    let instructions = result.instructions.map {
      [
        "operation": .string($0.name), "implementation": .string($0.implementation), "seconds": .double($0.seconds),
        "flops": .int(Int64($0.flops)),
      ] as JSONValue
    }
    return JSONValue.object(
      [
        "model": .string(model), "training": .bool(train), "batch": .int(Int64(batch)), "engine": .string(engine.name),
        "precision": .string(engine.precision.rawValue), "threads": .int(Int64(engine.threads)),
        "images_per_second": .double(result.imagesPerSecond), "deterministic": .bool(deterministic),
        "usual_seconds": usual.map { .double($0.best) } ?? .null,
        "seconds": .array(result.seconds.map(JSONValue.double)), "flops": .int(Int64(result.flops)),
        "arena_bytes": .int(Int64(result.arenaBytes)), "live_bytes": .int(Int64(result.liveBytes)),
        "state_bytes": .int(Int64(result.stateBytes)),
        "peak_bytes": result.peakBytes.map { .int(Int64($0)) } ?? .null,
        "operations": .array(items), "instructions": .array(instructions),
      ]).compact()
  }
}
