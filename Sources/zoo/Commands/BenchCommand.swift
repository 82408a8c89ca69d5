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
  @Option(help: ArgumentHelp("Images at a time; several, as 1,8, one after the other.", valueName: "n,…"))
  var batch = CommaList([8])
  @Option(help: ArgumentHelp("What products and convolutions multiply; several, as f32,bf16.", valueName: "precision,…"))
  var precision = CommaList([ZooEngine.PrecisionChoice.f32])
  @Option(help: "Repetitions; the fastest is reported.")
  var repeats = 5
  @Option(help: "Measure with a new linear head of so many classes.")
  var classes: Int?
  @Option(help: "With --train, what the backward pass computes again to save memory.")
  var recompute = Recompute.auto
  @Flag(help: "Results that are the same for any number of threads, and what they cost beside the usual ones.")
  var deterministic = false
  @Flag(help: "Measure the matrix peak too, and each speed's share of it.")
  var peak = false
  @Flag(help: "Show the time by operation.")
  var operations = false
  @Option(help: ArgumentHelp("Write one run's operations by thread as a Chrome trace.", valueName: "file.json"))
  var trace: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @Option(help: "The matrix library.")
  var engine: ZooEngine.EngineChoice?
  @Option(help: ArgumentHelp("Threads to compute with (default: all processors).", valueName: "n"))
  var threads: Int?
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard batch.values.allSatisfy({ $0 > 0 }), repeats > 0, (classes ?? 1) > 0, (threads ?? 1) > 0 else {
      throw ValidationError("numbers must be at least 1")
    }
    if trace != nil, batch.values.count * precision.values.count > 1 {
      throw ValidationError("--trace takes one batch and one precision")
    }
  }

  func run() throws {
    try reporting {
      if let trace { try checkOutput(trace, overwrite: false, option: "--trace") }
      let plugins = shared.plugins()
      var measured = try open()
      if let classes = classes ?? (measured.heads.isEmpty ? 1000 : nil) {
        measured = try measured.replacingHeads(classes: classes, plugins: plugins)
      }
      var (lines, measurements) = ([JSONValue](), 0)
      for precision in precision.values {
        func open(_ deterministic: Bool) throws -> Engine {
          try Engine(self.engine ?? .auto, threads: threads, precision: precision, deterministic: deterministic)
        }
        let engine = try open(deterministic)
        let usual = deterministic ? try open(false) : nil
        for batch in batch.values {
          // What an earlier measurement took is not this one's.
          if measurements > 0 { resetPeakMemory() }
          measurements += 1
          var run = BenchedRun(result: try measure(measured, engine, batch), engine: engine)
          run.usual = try usual.map { try measure(measured, $0, batch) }
          if peak { run.peak = try matrixPeak(engine) }
          if let trace {
            try AtomicFile.write(Array(ChromeTrace.text(run.result).utf8), to: trace)
            printError("wrote \(trace)")
          }
          json ? lines.append(jsonValue(run)) : show(run)
        }
      }
      if json { print((lines.count == 1 ? lines[0] : .object(["runs": .array(lines)])).compact()) }
    }
  }

  private func measure(_ model: Model, _ engine: Engine, _ batch: Int) throws -> BenchResult {
    train
      ? try benchTraining(
        model, engine: engine, batch: batch, repeats: repeats, recompute: recompute, traces: trace != nil)
      : try benchForward(model, engine: engine, batch: batch, repeats: repeats, traces: trace != nil)
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

  private func show(_ run: BenchedRun) {
    let (result, engine) = (run.result, run.engine)
    let what = (train ? "training step" : "forward") + (deterministic ? ", the same for any number of threads" : "")
    var speed = "\(fixed(run.flopsPerSecond / 1e9, 0)) GFLOP/s"
    if let share = run.share { speed += ", \(fixed(share * 100, 0)) % of the matrix peak" }
    print(
      "\(model) \(what) \(engine.precision.rawValue), batch \(result.batch), \(engine.version), \(engine.threads) threads: "
        + "\(fixed(result.imagesPerSecond, 2)) images/s (\(fixed(result.best * 1e3, 1)) ms, \(speed)), "
        + "\(bytesText(result.arenaBytes)) of activations"
        + (result.peakBytes.map { ", \(bytesText($0)) at most" } ?? "")
    )
    if let usual = run.usual {
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

  private func jsonValue(_ run: BenchedRun) -> JSONValue {
    let (result, engine) = (run.result, run.engine)
    let items = result.operations.map {
      [
        "operation": .string($0.name), "implementation": .string($0.implementation), "calls": .int(Int64($0.calls)),
        "seconds": .double($0.seconds), "flops": .int(Int64($0.flops)),
      ] as JSONValue
    }
    let instructions = result.timeline.map {
      [
        "operation": .string($0.name), "implementation": .string($0.implementation), "seconds": .double($0.seconds),
        "flops": .int(Int64($0.flops)),
      ] as JSONValue
    }
    return .object(
      [
        "model": .string(model), "training": .bool(train), "batch": .int(Int64(result.batch)),
        "engine": .string(engine.name), "precision": .string(engine.precision.rawValue),
        "threads": .int(Int64(engine.threads)), "images_per_second": .double(result.imagesPerSecond),
        "deterministic": .bool(deterministic), "usual_seconds": run.usual.map { .double($0.best) } ?? .null,
        "seconds": .array(result.seconds.map(JSONValue.double)), "flops": .int(Int64(result.flops)),
        "flops_per_second": .double(run.flopsPerSecond),
        "matrix_peak": run.peak.map(JSONValue.double) ?? .null,
        "share_of_peak": run.share.map(JSONValue.double) ?? .null,
        "arena_bytes": .int(Int64(result.arenaBytes)), "live_bytes": .int(Int64(result.liveBytes)),
        "state_bytes": .int(Int64(result.stateBytes)),
        "peak_bytes": result.peakBytes.map { .int(Int64($0)) } ?? .null, "operations": .array(items),
        "instructions": .array(instructions),
      ])
  }
}

/// One measurement of a sweep.
private struct BenchedRun {
  let result: BenchResult
  let engine: Engine
  /// Without `--deterministic`.
  var usual: BenchResult?
  /// Operations a second of a large product.
  var peak: Double?

  var flopsPerSecond: Double { Double(result.flops) / result.best }
  var share: Double? { peak.map { flopsPerSecond / $0 } }
}

/// Values with commas between them.
struct CommaList<Item: ExpressibleByArgument>: ExpressibleByArgument {
  let values: [Item]
  init(_ values: [Item]) { self.values = values }

  init?(argument: String) {
    var values: [Item] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Item(argument: String(part)) else { return nil }
      values.append(value)
    }
    self.values = values
  }

  var defaultValueDescription: String { values.map(\.defaultValueDescription).joined(separator: ",") }
}
