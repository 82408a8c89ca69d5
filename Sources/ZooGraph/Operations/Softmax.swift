/// Softmax, or its logarithm, over the last dimension.
public struct Softmax: Operation {
  public let logarithm: Bool
  public init(logarithm: Bool) { self.logarithm = logarithm }
  public var name: String { logarithm ? "log-softmax@1" : "softmax@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    return [inputs[0]]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(SoftmaxGradient(logarithm: logarithm), [context.outputs[0], try context.dy()])]
  }
}

/// dx of `Softmax` from y and dy.
public struct SoftmaxGradient: Operation {
  public let logarithm: Bool
  public var name: String { logarithm ? "log-softmax-gradient" : "softmax-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

/// Cross-entropy of softmax(logits [batch, n]) with the class target (first, second [batch] int32, mix [batch]):
/// mix·onehot(first) + (1 - mix)·onehot(second), smoothed -> the loss of each example [batch], and the logarithm of
/// each sum of exponentials [batch].
public struct CrossEntropy: Operation {
  public let smoothing: Double
  public var name: String { "softmax-cross-entropy@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 4)
    let rows = TensorType(.float32, [TensorType.batch])
    let labels = TensorType(.int32, [TensorType.batch])
    guard inputs[0].element == .float32, inputs[0].rank == 2, inputs[0].isBatched else {
      throw wrong("logits must be float32 [batch, classes], not \(describe(inputs[0].shape))")
    }
    guard inputs[1] == labels, inputs[2] == labels, inputs[3] == rows else {
      throw wrong("the target must be two int32 [batch] and one float32 [batch]")
    }
    return [rows, rows]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let inputs = context.inputs + [context.outputs[1], try context.dy()]
    return [try context.apply(CrossEntropyGradient(smoothing: smoothing), inputs), nil, nil, nil]
  }
}

/// dlogits of `CrossEntropy` from its inputs, the sums' logarithms and the loss's gradient [batch].
public struct CrossEntropyGradient: Operation {
  public let smoothing: Double
  public var name: String { "softmax-cross-entropy-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

/// Indices [batch] int32 -> [batch, classes] float32; an index outside gives zeros.
public struct OneHot: Operation {
  public let classes: Int
  public var name: String { "one-hot@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    guard inputs[0].element == .int32, inputs[0].rank == 1 else { throw wrong("takes int32 [batch]") }
    return [TensorType(.float32, inputs[0].shape + [classes])]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] { [nil] }
}

let softmaxEntries: [OperationCatalogue.Entry] = [
  .init(name: "softmax@1", summary: "x [..., n] -> the same shape") { _ in Softmax(logarithm: false) },
  .init(name: "log-softmax@1", summary: "x [..., n] -> the same shape") { _ in Softmax(logarithm: true) },
  .init(
    name: "softmax-cross-entropy@1",
    summary: "logits [batch, n], class target (first, second int32 [batch], mix [batch]) -> loss [batch]; smoothing"
  ) { (reader) throws(GraphError) in
    let smoothing = try reader.float("smoothing", default: 0)
    guard (0..<1).contains(smoothing) else {
      throw .attribute(operation: "softmax-cross-entropy@1", "smoothing must be in 0..<1, not \(smoothing)")
    }
    return CrossEntropy(smoothing: smoothing)
  },
  .init(name: "one-hot@1", summary: "int32 [batch] -> [batch, classes]; an index outside gives zeros") {
    (reader) throws(GraphError) in OneHot(classes: try reader.int("classes", in: 1...100_000_000))
  },
]
