import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// How the bytes that a model's int8 products multiply are meant, by the weights' names.
public struct Quantization: Sendable {
  public let inputs: [String: AffineQuantization]

  public init(inputs: [String: AffineQuantization]) { self.inputs = inputs }

  /// As an archive has it: for each weight W the f32 array `W.input` [2] of scale and zero point.
  init(_ config: ModelQuantization, _ file: SafetensorsFile, path: String) throws {
    var inputs: [String: AffineQuantization] = [:]
    for name in config.weights {
      let array = QuantizedWeight.inputName(name)
      guard let entry = file.entry(array) else {
        throw TrainError.weights(file: path, missing: [array], extra: [], reshaped: [])
      }
      guard entry.dtype == .f32, entry.shape == [2] else {
        throw TrainError.weights(file: path, missing: [], extra: [], reshaped: ["\(array), wanted F32 [2]"])
      }
      let values = try file.floats(array)
      guard values[0].isNormal, values[0] > 0 else {
        throw TrainError.model(path, "'\(array)' has the scale \(values[0]); it must be a number above 0")
      }
      guard values[1] >= 0, values[1] <= 255, values[1].rounded() == values[1] else {
        throw TrainError.model(path, "'\(array)' has the zero point \(values[1]); it must be a whole number from 0 to 255")
      }
      inputs[name] = AffineQuantization(scale: values[0], zero: UInt8(values[1]))
    }
    self.inputs = inputs
  }
}

extension ModelGraph {
  /// This graph with int8 products in place of those of the named weights.
  func quantized(_ quantization: Quantization) throws -> ModelGraph {
    let kept = activations.map(\.value) + heads.flatMap { $0.build.outputs.map(\.value) }
    let rewriting = try graph.quantizing(quantization.inputs, keeping: kept)
    func moved(_ named: [(name: String, value: Value)]) -> [(name: String, value: Value)] {
      named.compactMap { item in rewriting[item.value].map { (item.name, $0) } }
    }
    var result = self
    result.graph = rewriting.graph
    result.image = rewriting[image] ?? image
    result.activations = moved(activations)
    result.heads = heads.map { HeadPart(name: $0.name, build: HeadBuild(outputs: moved($0.build.outputs))) }
    result.updates = []
    return result
  }
}

extension Model {
  /// - Throws: for a model with int8 weights, which can be used but not changed.
  public func requireFloat(to purpose: String) throws(TrainError) {
    guard quantization != nil else { return }
    let parent = origin.history.last { $0.digest == origin.archive?.digest }?.parents.first
    let name = origin.history.first { $0.digest == parent }?.name ?? "the model it was made from"
    throw .model(
      origin.archive?.name ?? "model", "is quantised to int8: it can be used, but not \(purpose); take \(name) for that")
  }

  /// Bytes of its parameters as an archive holds them.
  public var weightBytes: Int {
    weightSources().reduce(0) { $0 + $1.shape.reduce($1.dtype.bits / 8, *) }
  }

  /// int8 weights, and how the bytes are meant that they are multiplied with.
  func quantizedSources() -> [TensorSource] {
    guard let quantization else { return [] }
    let store = store
    return store.quantizedNames.flatMap { name -> [TensorSource] in
      let shape = store.withQuantized(name) { shape, _ in shape } ?? []
      var sources = [
        TensorSource(name: name, dtype: .i8, shape: shape) { sink in
          _ = try store.withQuantized(name) { _, bytes in try sink(bytes) }
        }
      ]
      if let input = quantization.inputs[name] {
        sources.append(
          TensorSource(
            name: QuantizedWeight.inputName(name), floats: [input.scale, Float(input.zero)], shape: [2]))
      }
      return sources
    }
  }
}

extension ParameterStore {
  /// Takes the int8 weights of an archive.
  func readQuantized(_ names: [String], _ graph: Graph, _ file: SafetensorsFile, path: String, mapped: Bool) throws {
    let shapes = graph.quantizedWeights
    for name in names {
      let entry = try file.required(name)
      guard let weight = shapes[name], entry.shape == weight.shape else {
        throw TrainError.weights(
          file: path, missing: [], extra: [],
          reshaped: ["\(name) \(describe(entry.shape)), wanted \(describe(shapes[name]?.shape ?? []))"])
      }
      guard entry.dtype == .i8 else {
        throw TrainError.model(path, "'\(name)' is \(entry.dtype.rawValue), but the config says that it is int8")
      }
      for scale in try values(weight.scaleName) where !(scale > 0 && scale.isNormal) {
        throw TrainError.model(path, "'\(weight.scaleName)' holds \(scale); every scale must be a number above 0")
      }
      if mapped {
        try setQuantized(name, shape: entry.shape, at: file.mappedBytes(of: name), owner: file)
      } else {
        try setQuantized(name, shape: entry.shape, file.withBytes(of: name) { Array($0.bindMemory(to: Int8.self)) })
      }
    }
  }
}

extension Graph {
  /// The int8 weights that its products read, by name.
  var quantizedWeights: [String: QuantizedWeight] {
    var found: [String: QuantizedWeight] = [:]
    for node in nodes {
      guard case .operation(let operation) = node.kind else { continue }
      if let weight = (operation as? QuantizedLinear)?.weight ?? (operation as? QuantizedConvolution)?.weight {
        found[weight.name] = weight
      }
    }
    return found
  }
}
