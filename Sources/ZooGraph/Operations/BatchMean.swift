/// The mean over the examples of a batch and all positions: x [batch, ..., c] -> [c]. Batch normalisation is made of it.
/// It is the one operation through which an example's loss learns from others, so a batch with it is not split.
public struct BatchMean: Operation {
  public init() {}
  public var name: String { "batch-mean@1" }
  public var couplesExamples: Bool { true }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    let x = inputs[0]
    guard x.rank >= 2, x.isBatched else { throw wrong("x must be [batch, ..., channels], not \(describe(x.shape))") }
    return [TensorType(.float32, [x.width])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let shape = context.type(context.inputs[0]).shape
    return [try context.apply(BatchMeanGradient(shape: shape), [try context.dy()])]
  }
}

/// Of `BatchMean`: dy [c] -> dx [batch, ..., c], dy divided by the number of rows.
public struct BatchMeanGradient: Operation {
  /// Of x.
  public let shape: [Int]
  public var name: String { "batch-mean-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, shape)] }
}

let batchMeanEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "batch-mean@1",
    summary: "x [batch, ..., c] -> [c]; the mean over examples and positions; a batch with it is not split"
  ) { (reader) throws(GraphError) in BatchMean() }
]
