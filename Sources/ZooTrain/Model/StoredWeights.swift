import ZooArchive
import ZooEngine
import ZooGraph

extension ParameterStore {
  /// The parameters and states of a graph from the arrays of the same names.
  /// - Parameters:
  ///   - mapped: whether parameters are used where they lie; only if all of them are float32.
  ///   - quantized: names of int8 weights, which are there too.
  convenience init(
    for graph: Graph, from file: SafetensorsFile, file path: String, mapped: Bool, quantized: [String] = []
  ) throws {
    let specs = graph.parameters.map(\.spec)
    let others = quantized + quantized.map(QuantizedWeight.inputName)
    try file.requireArrays(of: specs, states: graph.states.map(\.spec.name), others: others, path: path)
    if mapped, specs.allSatisfy({ file.entry($0.name)?.dtype == .f32 }) {
      try self.init(for: graph, mapped: MappedArrays(owner: file) { try file.mappedBytes(of: $0) })
    } else {
      try self.init(for: graph)
      for entry in entries {
        let name = entry.spec.name
        if file.entry(name)?.dtype == .f32 {
          try file.withBytes(of: name) { try set(name, bytes: $0) }
        } else {
          try set(name, try file.floats(name))
        }
      }
    }
    for state in stateNames { try setState(state, try file.floats(state)) }
  }
}

extension SafetensorsFile {
  /// Every parameter with its shape, every state, and no other array.
  fileprivate func requireArrays(
    of specs: [ParameterSpec], states: [String], others: [String], path: String
  ) throws {
    var (missing, reshaped, known) = ([String](), [String](), Set(states + others))
    for spec in specs where known.insert(spec.name).inserted {
      guard let found = entry(spec.name) else {
        missing.append(spec.name)
        continue
      }
      guard found.dtype != .i8 else {
        throw TrainError.model(path, "'\(spec.name)' is int8, but the config does not say that it is quantised")
      }
      if found.shape != spec.shape {
        reshaped.append("\(spec.name) \(describe(found.shape)), wanted \(describe(spec.shape))")
      }
    }
    missing += Set(states + others).sorted().filter { entry($0) == nil }
    let extra = entries.map(\.name).filter { !known.contains($0) }
    guard missing.isEmpty, reshaped.isEmpty, extra.isEmpty else {
      throw TrainError.weights(file: path, missing: missing, extra: extra, reshaped: reshaped)
    }
  }
}
