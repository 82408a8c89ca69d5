import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// The shipped plugins, which lie beside the tests' own program.
var plugins: Plugins {
  Plugins(
    directories: PluginSearch.directories(
      explicit: [], environment: [:], executable: PluginSearch.executable()))
}

/// Engines that this machine has; tests of parity run on each.
let engines: [ZooEngine.EngineChoice] = [.onednn, .openblas].filter {
  if case .success = Engine.probe($0) { true } else { false }
}

/// A folder of its own for each test, removed when the last reference goes.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-train-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  var store: Store { Store(root: file("store")) }
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: file(name)))) }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
  }

  /// Images as tensors, [count, 3, 32, 32], and their labels.
  func tensors(_ name: String, labels: [Int64], size: Int = 32, seed: Int = 1) throws {
    let values = noise(labels.count * 3 * size * size, seed: seed)
    try NpyArray.write(path: file(name + ".npy"), floats: values, shape: [labels.count, 3, size, size])
    try NpyArray.write(path: file(name + "-labels.npy"), int64s: labels, shape: [labels.count])
  }

  /// A recipe with its model and data.
  func prepare(_ text: String, _ overrides: [String] = []) throws -> PreparedRecipe {
    try write("recipe.yaml", text)
    return try PreparedRecipe(
      Recipe.load(path: file("recipe.yaml"), overrides: overrides), plugins: plugins, store: store)
  }

  /// The text of what a call throws, with this folder cut off, or named FOLDER where it is meant itself.
  func failure(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "no error"
    } catch {
      return "\(error)".replacing(path + "/", with: "").replacing(path, with: "FOLDER")
    }
  }
}

/// A fixture folder and the model it pins.
struct Reference: Sendable, CustomTestStringConvertible {
  let kind: String
  let options: [String]
  var testDescription: String { kind }

  static let all = [
    Reference(kind: "vit", options: ["width=64", "depth=2", "heads=4", "mlp=256", "patch=8", "image=32"]),
    Reference(kind: "bit", options: ["units=1,2,1,1", "widths=128,128,256,256", "stem=64", "groups=32"]),
  ]

  static var fixtures: String { root }
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures").path

  func file(_ name: String) -> String { "\(Self.root)/\(kind)-tiny/\(name)" }
  func floats(_ name: String) throws -> [Float] { try NpyArray.read(file(name + ".npy")).floats() }

  func model(weights: String? = nil) throws -> Model {
    try Model.importing(
      weights ?? file("timm.safetensors"), architecture: kind, options: try PluginOptions(settings: options),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
  }

  func images() throws -> (values: [Float], count: Int, tensor: ImageTensor) {
    let tensor = try ImageTensor(path: file("input.npy"))
    return (tensor.values(0..<tensor.count), tensor.count, tensor)
  }

  /// The recipe of `losses.npy`: the head kept, ten steps of SGD on the whole set.
  func recipe(model: String) throws -> String {
    let count = try NpyArray.read(file("labels.npy")).count
    return """
      model: \(model)
      tasks:
        label:
          train: {format: tensors, x: \(file("input.npy")), labels: \(file("labels.npy")), classes: 10}
      train:
        steps: 10
        batch: \(count)
        shuffle: false
        optimizer: {kind: sgd, rate: 0.01, momentum: 0.9}

      """
  }
}

/// What no recipe has to measure.
struct NoEvaluator: Evaluator {
  func evaluate(_ model: Model) -> [(task: String, values: [(name: String, value: Double)])] { [] }
}

/// The largest difference, as a share of the largest wanted value.
func relative(_ got: [Float], _ want: [Float]) -> Float {
  guard got.count == want.count else { return .infinity }
  let largest = want.reduce(0) { max($0, abs($1)) }
  return zip(got, want).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(largest, .leastNormalMagnitude)
}

/// Deterministic values in -1…1.
func noise(_ count: Int, seed: Int) -> [Float] {
  var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}

/// Every parameter of a model, in order.
func parameters(_ model: Model) throws -> [[Float]] {
  try model.store.entries.map { try model.store.values($0.spec.name) }
}

/// The smallest transformer with anything to it.
let tinyVit = "{architecture: vit, options: {width: 16, depth: 1, heads: 2, mlp: 32, patch: 8, image: 16}}"
