import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

/// What `Tests/Fixtures/make/training.py` did with PyTorch: the same weights, batches and settings here.
@Suite("Two hundred steps beside PyTorch")
struct TorchTrainingTests {
  struct Variant: Sendable, CustomTestStringConvertible {
    let name: String
    let settings: [String]
    var smoothing = 0.0
    var mixes = false
    var testDescription: String { name }
  }

  static let variants = [
    Variant(name: "sgd", settings: ["optimizer={rate: 0.02, momentum: 0.9}"]),
    Variant(name: "nesterov", settings: ["optimizer={rate: 0.02, momentum: 0.9, nesterov: true, weight-decay: 0.01}"]),
    Variant(name: "adamw", settings: ["optimizer={kind: adamw, rate: 0.001, weight-decay: 0.05}"]),
    Variant(name: "clip", settings: ["optimizer={rate: 0.05, momentum: 0.9}", "clip-norm=0.3"]),
    Variant(
      name: "average", settings: ["optimizer={rate: 0.02, momentum: 0.9}", "average={decay: 0.95, warmup: false}"]),
    Variant(name: "smoothing", settings: ["optimizer={rate: 0.02, momentum: 0.9}"], smoothing: 0.1),
    Variant(name: "mixup", settings: ["optimizer={rate: 0.02, momentum: 0.9}"], mixes: true),
    Variant(name: "mixup-smoothing", settings: ["optimizer={kind: adamw, rate: 0.001}"], smoothing: 0.1, mixes: true),
    Variant(
      name: "layer-decay",
      settings: ["optimizer={kind: adamw, rate: 0.002, weight-decay: 0.05}", "layer-decay=0.75"]),
  ]

  @Test(arguments: variants, engines) func losses(_ variant: Variant, _ choice: ZooEngine.EngineChoice) throws {
    let fixture = try TorchFixture()
    let run = try TorchRun(
      fixture.prepare(smoothing: variant.smoothing, variant.settings), Engine(choice, threads: 1))
    let want = try fixture.floats("losses-\(variant.name)")
    let averaged = variant.name == "average" ? try fixture.floats("averaged-average") : []
    for step in 0..<want.count {
      let loss = try run.step(fixture, step, mixes: variant.mixes)
      #expect(abs(loss - Double(want[step])) <= 1e-3 * Double(want[step]), "step \(step + 1)")
      if averaged.indices.contains(step), step % 20 == 19 {
        let loss = try run.averagedLoss(fixture)
        #expect(
          abs(loss - Double(averaged[step])) <= 1e-3 * Double(averaged[step]), "the average after step \(step + 1)")
      }
    }
  }
}

private struct TorchRun {
  let program: TrainingProgram
  let optimizer: Optimizer
  let average: WeightAverage?
  let settings: TrainSettings

  init(_ prepared: PreparedRecipe, _ engine: Engine) throws {
    let (model, settings) = (prepared.model, prepared.recipe.train)
    let treatments = try prepared.treatments()
    // Micro-batches that do not divide the batch, so that their sum is held against PyTorch too.
    program = try TrainingProgram(model, heads: ["label"], engine: engine, microBatch: 5)
    let layout = program.gradients
    optimizer = try Optimizer(settings.optimizer, store: model.store, layout: layout, engine: engine) { treatments[$0] }
    average = try settings.average.map { try WeightAverage($0, store: model.store, layout: layout, engine: engine) }
    self.settings = settings
  }

  /// - Returns: the loss before the step.
  func step(_ fixture: TorchFixture, _ step: Int, mixes: Bool) throws -> Double {
    let (images, targets) = fixture.batch(step, mixes: mixes)
    let (losses, gradients) = try program.run(images: images, count: targets.count, targets: [targets])
    _ = optimizer.step(gradients, rate: settings.optimizer.rate, clipNorm: settings.clipNorm)
    average?.update()
    return losses[0]
  }

  /// Of the averaged weights, over all images.
  func averagedLoss(_ fixture: TorchFixture) throws -> Double {
    average?.exchange()
    defer { average?.exchange() }
    let (images, targets) = fixture.all
    return try program.run(images: images, count: TorchFixture.count, targets: [targets]).losses[0]
  }
}
