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
    let fixture = try Fixture()
    let run = try fixture.prepare(variant, Engine(choice, threads: 1))
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

/// Images, labels, the order of both, and the weights at the start.
private struct Fixture {
  static let batch = 8
  static let count = 24
  private let images: [Float]
  private let labels: [Int32]
  private let order: [Int64]
  private let mix: [Float]

  init() throws {
    // [N, 3, 8, 8], to be [N, 8, 8, 3].
    let tensor = try ImageTensor(path: Self.path("images.npy"))
    images = tensor.values(0..<tensor.count)
    labels = try NpyArray.read(Self.path("labels.npy")).int64s().map { Int32($0) }
    order = try NpyArray.read(Self.path("order.npy")).int64s()
    mix = try NpyArray.read(Self.path("mix.npy")).floats()
  }

  static func path(_ name: String) -> String { Reference.fixtures + "/training/" + name }
  func floats(_ name: String) throws -> [Float] { try NpyArray.read(Self.path(name + ".npy")).floats() }

  private func image(_ index: Int) -> ArraySlice<Float> {
    let size = images.count / Self.count
    return images[(index * size)..<((index + 1) * size)]
  }

  /// A step's images and their classes; where images are mixed, each with the one at the mirrored place.
  func batch(_ step: Int, mixes: Bool) -> (images: [Float], targets: TrainingProgram.Targets) {
    let rows = (0..<Self.batch).map { Int(order[step * Self.batch + $0]) }
    let share = mixes ? mix[step] : 1
    var values: [Float] = []
    for (row, partner) in zip(rows, rows.reversed()) {
      values += zip(image(row), image(partner)).map { share * $0 + (1 - share) * $1 }
    }
    let each = 1 / Float(Self.batch)
    let targets = TrainingProgram.Targets(labels: rows.map { labels[$0] }, weights: rows.map { _ in each })
    guard mixes else { return (values, targets) }
    return (values, targets.mixed(with: rows.indices.reversed(), share: share))
  }

  /// All images as they are.
  var all: (images: [Float], targets: TrainingProgram.Targets) {
    let weights = [Float](repeating: 1 / Float(Self.count), count: Self.count)
    return (images, TrainingProgram.Targets(labels: labels, weights: weights))
  }

  func prepare(_ variant: TorchTrainingTests.Variant, _ engine: Engine) throws -> TorchRun {
    let scratch = try Scratch()
    let options = ["width=16", "depth=2", "heads=2", "mlp=32", "patch=4", "image=8"]
    let model = try Model.importing(
      Self.path("initial.safetensors"), architecture: "vit", options: try PluginOptions(settings: options),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
    try model.write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    let recipe = """
      model: m.tar
      heads: {label: {plugin: linear, weights: new, options: {smoothing: \(variant.smoothing)}}}
      tasks:
        label: {train: {format: tensors, x: \(Self.path("images.npy")), labels: \(Self.path("labels.npy")), classes: 5}}
      train: {steps: 200, batch: 8}

      """
    let prepared = try scratch.prepare(recipe, variant.settings.map { "train." + $0 })
    for name in ["heads.label.weight", "heads.label.bias"] {
      try prepared.model.store.set(name, model.store.values(name))
    }
    return try TorchRun(prepared, engine)
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
  func step(_ fixture: Fixture, _ step: Int, mixes: Bool) throws -> Double {
    let (images, targets) = fixture.batch(step, mixes: mixes)
    let (losses, gradients) = try program.run(images: images, count: targets.count, targets: [targets])
    _ = optimizer.step(gradients, rate: settings.optimizer.rate, clipNorm: settings.clipNorm)
    average?.update()
    return losses[0]
  }

  /// Of the averaged weights, over all images.
  func averagedLoss(_ fixture: Fixture) throws -> Double {
    average?.exchange()
    defer { average?.exchange() }
    let (images, targets) = fixture.all
    return try program.run(images: images, count: Fixture.count, targets: [targets]).losses[0]
  }
}
