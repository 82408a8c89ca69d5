import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

/// Images, labels, the order of both, and the weights at the start.
struct TorchFixture {
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

  /// The model with the fixture's weights, by a recipe with these settings of `train`.
  func prepare(smoothing: Double = 0, _ settings: [String]) throws -> PreparedRecipe {
    let scratch = try Scratch()
    let options = ["width=16", "depth=2", "heads=2", "mlp=32", "patch=4", "image=8"]
    let model = try Model.importing(
      Self.path("initial.safetensors"), architecture: "vit", options: try PluginOptions(settings: options),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
    try model.write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    let recipe = """
      model: m.tar
      heads: {label: {plugin: linear, weights: new, options: {smoothing: \(smoothing)}}}
      tasks:
        label: {train: {format: tensors, x: \(Self.path("images.npy")), labels: \(Self.path("labels.npy")), classes: 5}}
      train: {steps: 200, batch: 8}

      """
    let prepared = try scratch.prepare(recipe, settings.map { "train." + $0 })
    for name in ["heads.label.weight", "heads.label.bias"] {
      try prepared.model.store.set(name, model.store.values(name))
    }
    return prepared
  }
}
