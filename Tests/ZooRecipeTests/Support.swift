import FoundationEssentials
import Testing
import ZooRecipe

/// A folder of its own for each test, removed when the last reference goes.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-recipe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = "\(path)/\(name)"
    if let slash = file.lastIndex(of: "/") {
      try FileManager.default.createDirectory(
        atPath: String(file[..<slash]), withIntermediateDirectories: true)
    }
    try Data(bytes).write(to: URL(filePath: file))
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func load(_ name: String = "recipe.yaml", _ overrides: [String] = []) throws -> Recipe {
    try Recipe.load(path: "\(path)/\(name)", overrides: overrides)
  }

  /// The text of the error of loading, with the folder cut off.
  func failure(_ name: String = "recipe.yaml", _ overrides: [String] = []) -> String {
    do {
      _ = try load(name, overrides)
      return "no error"
    } catch {
      return String(describing: error).replacing("\(path)/", with: "")
    }
  }
}

/// The text of the error of one recipe.
func failure(_ yaml: String, _ overrides: [String] = []) -> String {
  do {
    _ = try recipe(yaml, overrides)
    return "no error"
  } catch {
    return String(describing: error)
  }
}

func recipe(_ yaml: String, _ overrides: [String] = []) throws -> Recipe {
  try Recipe(bytes: Array(yaml.utf8), path: "recipe.yaml", overrides: overrides)
}

let minimal = """
  model: vit-b16
  tasks:
    label:
      train: {format: folder, path: images}
  train:
    steps: 500

  """

let full = """
  model: models/bit.tar
  name: clothing
  input: {height: 224, width: 192}
  transform:
    train:
      - resize: {size: 256, mode: short-side, filter: bicubic}
      - crop: {size: 224}
      - flip
    evaluate:
      - resize: {height: 224, width: 192}
  heads:
    kinds: {plugin: mlp, weights: keep, input: tokens, labels: [hat, shoe], options: {hidden: [64, 32]}}
    other: {}
  tasks:
    label:
      head: kinds
      train: {format: tar, path: train.tar, limit-per-class: 5, subset-seed: 2}
      evaluate: {format: tensors, x: x.npy, labels: y.npy, classes: [hat, shoe]}
      weight: 0.5
    other:
      train: {format: folder, path: more}
  train:
    epochs: 10
    batch: 32
    micro-batch: 8
    seed: 7
    optimizer: {kind: sgd, rate: 1e-2, momentum: 0.8, nesterov: true, weight-decay: 1.0e-4}
    schedule: {kind: step, warmup: 100, milestones: [200, 300], factor: 0.2}
    clip-norm: 1
    shuffle: false
    evaluate-every: 100
    log-every: 2
  engine: onednn
  threads: 2

  """
