/// Rows by index: table [n, …] and int32 indices of any shape -> [indices…, …]. Where the table has a batch,
/// [batch, n, …], each example takes from its own rows: indices [batch] or [batch, k]. An index outside gives zeros.
public struct Gather: Operation {
  public var name: String { "gather@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    let (table, indices) = (inputs[0], inputs[1])
    guard table.element == .float32, indices.element == .int32 else {
      throw wrong("takes a float32 table and int32 indices")
    }
    guard table.isBatched else {
      guard table.rank >= 1 else { throw wrong("the table is a scalar") }
      return [TensorType(.float32, indices.shape + table.shape.dropFirst())]
    }
    guard table.rank >= 2, indices.isBatched, indices.rank <= 2 else {
      throw wrong(
        "with a table \(describe(table.shape)) indices are [batch] or [batch, k], not \(describe(indices.shape))")
    }
    return [TensorType(.float32, indices.shape + table.shape.dropFirst(2))]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let gradient = GatherGradient(shape: context.type(context.inputs[0]).shape)
    return [try context.apply(gradient, [context.inputs[1], try context.dy()]), nil]
  }
}

/// dtable of `Gather` from the indices and dy: each row the sum of what was taken from it. Of a table that was read several
/// times the inputs are indices, dy, indices, dy, …: a large table is then written once.
public struct GatherGradient: Operation {
  public let shape: [Int]
  public var name: String { "gather-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, shape)] }
}

extension Graph {
  /// The sum of two gradients of one table by reading rows, in one operation; nil for others.
  mutating func joinedGathers(_ first: Value, _ second: Value) throws(GraphError) -> Value? {
    guard let one = operation(of: first) as? GatherGradient, let other = operation(of: second) as? GatherGradient,
      one == other
    else { return nil }
    return try apply(one, producer(of: first).inputs + producer(of: second).inputs)[0]
  }
}

/// The k largest of each row, the largest first, and where they stand; of equal values the earlier comes first, what is
/// no number last: x [..., n] -> values [..., k], indices int32 [..., k].
public struct TopK: Operation {
  public let k: Int
  public var name: String { "top-k@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    let shape = inputs[0].shape
    guard let width = shape.last, width != TensorType.batch, k <= width else {
      throw wrong("\(k) of \(describe(shape)): the last dimension has fewer")
    }
    let result = shape.dropLast() + [k]
    return [TensorType(.float32, Array(result)), TensorType(.int32, Array(result))]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let width = context.type(context.inputs[0]).width
    guard let dy = context.outputGradients[0] else { return [nil] }
    return [try context.apply(TopKGradient(width: width), [context.outputs[1], dy])]
  }
}

/// dx of `TopK` from its indices and the gradient of its values: zeros but where a value was taken.
public struct TopKGradient: Operation {
  public let width: Int
  public var name: String { "top-k-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(.float32, inputs[0].shape.dropLast() + [width])]
  }
}

/// Indices as numbers: int32 -> float32 of the same shape.
public struct ToFloat: Operation {
  public var name: String { "float@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    guard inputs[0].element == .int32 else { throw wrong("takes int32") }
    return [TensorType(.float32, inputs[0].shape)]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] { [nil] }
}

let gatherEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "gather@1",
    summary: "table [n, …], int32 indices -> [indices…, …]; table [batch, n, …] with indices [batch] or [batch, k]: "
      + "each example from its own rows; an index outside gives zeros"
  ) { _ in Gather() },
  .init(
    name: "top-k@1",
    summary: "x [..., n] -> the k largest [..., k], the largest first, and their indices int32 [..., k]; ties in order"
  ) { (reader) throws(GraphError) in TopK(k: try reader.int("k", in: 1...100_000_000)) },
  .init(name: "float@1", summary: "int32 -> float32 of the same shape") { _ in ToFloat() },
]
