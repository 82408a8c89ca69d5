/// The same elements in another shape. A batch stays the first dimension.
public struct Reshape: Operation {
  public let shape: [Int]
  public init(shape: [Int]) { self.shape = shape }
  public var name: String { "reshape@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    let result = try TensorType(inputs[0].element, shape).validated(name)
    guard inputs[0].isBatched == result.isBatched, inputs[0].count(batch: 1) == result.count(batch: 1) else {
      throw wrong("\(describe(inputs[0].shape)) does not reshape to \(describe(shape))")
    }
    return [result]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(Reshape(shape: context.type(context.inputs[0]).shape), [try context.dy()])]
  }
}

/// Dimensions in another order; a batch stays first.
public struct Transpose: Operation {
  public let order: [Int]
  public var name: String { "transpose@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    let x = inputs[0]
    guard order.sorted() == Array(x.shape.indices), !x.isBatched || order[0] == 0 else {
      throw wrong("order \(order) does not fit \(describe(x.shape)); the batch stays first")
    }
    return [TensorType(x.element, order.map { x.shape[$0] })]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    var inverse = order
    for (position, axis) in order.enumerated() { inverse[axis] = position }
    return [try context.apply(Transpose(order: inverse), [try context.dy()])]
  }
}

/// Repeats dimensions of 1 (or missing at the left) to a shape; [1, n] or [n] -> [batch, n] too.
public struct Broadcast: Operation {
  public let shape: [Int]
  public var name: String { "broadcast@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    guard ZooGraph.broadcast(inputs[0].shape, shape) == shape else {
      throw wrong("\(describe(inputs[0].shape)) does not broadcast to \(describe(shape))")
    }
    return [TensorType(inputs[0].element, shape)]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.reduced(try context.dy(), to: context.inputs[0])]
  }
}

/// Elements start..<stop along an axis other than the batch.
public struct Slice: Operation {
  public let axis: Int
  public let range: Range<Int>
  public var name: String { "slice@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    var shape = inputs[0].shape
    guard shape.indices.contains(axis), !(axis == 0 && inputs[0].isBatched), range.upperBound <= shape[axis] else {
      throw wrong("\(range) along axis \(axis) does not fit \(describe(shape)); the batch cannot be cut")
    }
    shape[axis] = range.count
    return [TensorType(inputs[0].element, shape)]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let full = context.type(context.inputs[0]).shape
    return [try context.apply(SliceGradient(slice: self, shape: full), [try context.dy()])]
  }
}

/// dx of `Slice`: dy in its place, zeros elsewhere.
public struct SliceGradient: Operation {
  public let slice: Slice
  public let shape: [Int]
  public var name: String { "slice-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, shape)] }
}

/// Joins along an axis other than the batch.
public struct Concatenate: Operation {
  public let axis: Int
  public var name: String { "concat@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expectFloat(inputs)
    guard let first = inputs.first else { throw wrong("takes at least one input") }
    var shape = first.shape
    guard shape.indices.contains(axis), !(axis == 0 && first.isBatched) else {
      throw wrong("axis \(axis) does not fit \(describe(shape)); the batch cannot be joined")
    }
    for input in inputs.dropFirst() {
      var (mine, theirs) = (shape, input.shape)
      guard mine.count == theirs.count else { throw wrong("\(describe(mine)) and \(describe(theirs)) do not join") }
      shape[axis] += theirs[axis]
      (mine[axis], theirs[axis]) = (0, 0)
      guard mine == theirs else { throw wrong("\(describe(first.shape)) and \(describe(input.shape)) do not join") }
    }
    return [TensorType(.float32, shape)]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    var (start, result) = (0, [Value?]())
    for (index, input) in context.inputs.enumerated() {
      let size = context.type(input).shape[axis]
      let slice = Slice(axis: axis, range: start..<(start + size))
      result.append(context.needed[index] ? try context.apply(slice, [try context.dy()]) : nil)
      start += size
    }
    return result
  }
}

/// A tensor of one number.
public struct Fill: Operation {
  public let shape: [Int]
  public let value: Double
  public var name: String { "fill@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 0)
    return [TensorType(.float32, shape)]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] { [] }
}

let shapeEntries: [OperationCatalogue.Entry] = [
  .init(name: "reshape@1", summary: "x -> shape (a batch is written -1 and stays first)") {
    (reader) throws(GraphError) in Reshape(shape: try reader.ints("shape"))
  },
  .init(name: "transpose@1", summary: "x -> dimensions in the given order; a batch stays first") {
    (reader) throws(GraphError) in Transpose(order: try reader.ints("order"))
  },
  .init(name: "broadcast@1", summary: "x -> shape; dimensions of 1 or missing at the left repeat") {
    (reader) throws(GraphError) in Broadcast(shape: try reader.ints("shape"))
  },
  .init(name: "slice@1", summary: "x -> elements start..<stop along axis, not the batch") {
    (reader) throws(GraphError) in
    let axis = try reader.int("axis", in: 0...16)
    let start = try reader.int("start", default: 0, in: 0...Int(Int32.max))
    let stop = try reader.int("stop", in: 1...Int(Int32.max))
    guard start < stop else { throw .attribute(operation: "slice@1", "start \(start) is not below stop \(stop)") }
    return Slice(axis: axis, range: start..<stop)
  },
  .init(name: "concat@1", summary: "a, b, … -> joined along axis, not the batch") {
    (reader) throws(GraphError) in Concatenate(axis: try reader.int("axis", in: 0...16))
  },
  .init(name: "fill@1", summary: "-> shape, every element value") { (reader) throws(GraphError) in
    Fill(shape: try reader.ints("shape"), value: try reader.float("value", default: 0))
  },
]
