import FoundationEssentials
import ZooArchive
import ZooData
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// The shipped plugins, which lie beside the tests' own program.
var plugins: Plugins {
  Plugins(
    directories: PluginSearch.directories(explicit: [], environment: [:], executable: PluginSearch.executable()))
}

/// A folder of its own for each test, removed when the last reference goes.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-evaluate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? []).sorted()
  }

  /// Images as tensors, [count, 3, 16, 16], and their labels.
  func tensors(_ name: String, labels: [Int64], seed: UInt64 = 1, values: [Float]? = nil) throws -> TensorDataset {
    let values = values ?? noise(labels.count * 3 * 256, seed: seed)
    try NpyArray.write(path: file(name + ".npy"), floats: values, shape: [labels.count, 3, 16, 16])
    try NpyArray.write(path: file(name + "-labels.npy"), int64s: labels, shape: [labels.count])
    return try TensorDataset(images: file(name + ".npy"), labels: file(name + "-labels.npy"))
  }
}

/// Normal numbers.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var random = CounterRandom(seed: seed)
  return (0..<count).map { _ in Float(random.normal()) }
}

/// The smallest transformer with anything to it; its pooled features have 16 numbers.
func tinyViT(seed: Int = 0) throws -> Model {
  try Model.create(
    architecture: "vit",
    options: PluginOptions(settings: ["width=16", "depth=1", "heads=2", "mlp=32", "patch=8", "image=16"]), seed: seed,
    plugins: plugins)
}

/// The text of what a call throws.
func failure(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}
