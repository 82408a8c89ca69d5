import ZooABI
import ZooJSON

/// The attribute in which an own operation's properties travel.
private let fields = "fields"

/// An own operation's type behind the table's `type`.
private final class OperationType {
  let outputs: Int
  let shapes: (String, [[Int]]) throws -> [[Int]]
  let forward: (String, [Numbers], [Results]) throws -> Void
  let backward: (String, [Numbers], [Numbers], [Numbers], [Results]) throws -> Void

  init<O: OwnOperation>(_: O.Type) {
    outputs = O.outputs
    shapes = { try options(O.self, $0).shapes($1) }
    forward = { try options(O.self, $0).forward($1, $2) }
    backward = { try options(O.self, $0).backward($1, outputs: $2, outputGradients: $3, $4) }
  }
}

extension Graph {
  /// An operation of the plugin's own, registered by `export(_:operations:)`; all of its outputs.
  public func apply<O: OwnOperation>(_ operation: O, _ inputs: Tensor...) throws -> [Tensor] {
    try op(O.name, inputs, [fields: .string(JSON(encoding: operation).description)], outputs: O.outputs)
  }
}

extension UnsafeMutablePointer<zoo_ctx> {
  func register<O: OwnOperation>(_ operation: O.Type) -> Status {
    // An older host's table ends before the function.
    let needed = MemoryLayout<zoo_host>.offset(of: \.register_operation).map { $0 + 8 } ?? Int.max
    guard Int(pointee.host.pointee.size) >= needed else {
      return fail(ZooError.newerHost("operations of a plugin's own ('\(O.name)')"))
    }
    return O.name.withText { name in
      O.summary.withText { summary in
        var table = operationTable(OperationType(operation), outputs: O.outputs)
        (table.name, table.summary) = (name, summary)
        return pointee.host.pointee.register_operation(self, &table)
      }
    }
  }
}

/// Made in a nonisolated function, as `componentTable`.
private func operationTable(_ type: OperationType, outputs: Int) -> zoo_operation {
  zoo_operation(
    size: UInt32(MemoryLayout<zoo_operation>.size), n_outputs: UInt32(clamping: outputs), name: zoo_str(),
    summary: zoo_str(), flags: 0, type: Unmanaged.passRetained(type).toOpaque(),
    shape: { ctx, type, inputs, count, attributes, attributeCount, dimensions, ranks in
      ctx.guarded {
        let shapes = try object(type, OperationType.self).shapes(
          text(attributes, attributeCount), numbers(inputs, count, IndexMistake()).map(\.shape))
        let expected = try object(type, OperationType.self).outputs
        guard shapes.count == expected else {
          throw ZooError("shapes() gives \(shapes.count) outputs, it has \(expected)")
        }
        for (index, shape) in shapes.enumerated() {
          guard shape.count <= Int(ZOO_MAX_RANK) else { throw ZooError("a rank of \(shape.count) is too high") }
          ranks[index] = shape.count
          for (axis, size) in shape.enumerated() { dimensions[index * Int(ZOO_MAX_RANK) + axis] = Int64(size) }
        }
      }
    },
    forward: { ctx, type, inputs, count, attributes, attributeCount, outputs, outputCount in
      ctx.guarded {
        let mistake = IndexMistake()
        try object(type, OperationType.self).forward(
          text(attributes, attributeCount), numbers(inputs, count, mistake), writable(outputs, outputCount, mistake))
        try mistake.check()
      }
    },
    backward: { ctx, type, inputs, count, attributes, attributeCount, outputs, gradients, outputCount, results in
      ctx.guarded {
        let mistake = IndexMistake()
        try object(type, OperationType.self).backward(
          text(attributes, attributeCount), numbers(inputs, count, mistake), numbers(outputs, outputCount, mistake),
          numbers(gradients, outputCount, mistake), writable(results, count, mistake))
        try mistake.check()
      }
    })
}

private func text(_ attributes: UnsafePointer<zoo_attr>?, _ count: Int) -> String {
  let all = UnsafeBufferPointer(start: attributes, count: attributes == nil ? 0 : count)
  return all.first { String($0.name) == fields }.map { String($0.s) } ?? "{}"
}

private func shape(_ dimensions: UnsafePointer<Int64>?, _ rank: UInt32) -> [Int] {
  UnsafeBufferPointer(start: dimensions, count: dimensions == nil ? 0 : Int(rank)).map(Int.init)
}

private func numbers(_ arrays: UnsafePointer<zoo_array>?, _ count: Int, _ mistake: IndexMistake) -> [Numbers] {
  UnsafeBufferPointer(start: arrays, count: arrays == nil ? 0 : count).map {
    Numbers(
      shape: shape($0.dims, $0.rank), count: $0.count, base: $0.data, isInteger: $0.type == UInt32(ZOO_I32),
      mistake: mistake)
  }
}

private func writable(_ arrays: UnsafePointer<zoo_result>, _ count: Int, _ mistake: IndexMistake) -> [Results] {
  UnsafeBufferPointer(start: arrays, count: count).map {
    Results(shape: shape($0.dims, $0.rank), count: $0.count, base: $0.data, mistake: mistake)
  }
}
