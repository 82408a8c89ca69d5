/// Σ over examples of aᵀ·b: a [batch, m], b [batch, n] -> [m, n]. What a state learns from a batch, such as the sums of
/// each class (a being the labels, one-hot, so that rows without a label count for nothing). Examples stay apart in
/// losses, so nothing is learned through it.
public struct OuterSum: Operation {
  public init() {}
  public var name: String { "outer-sum@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    try expectFloat(inputs)
    let (a, b) = (inputs[0], inputs[1])
    guard a.rank == 2, b.rank == 2, a.isBatched, b.isBatched else {
      throw wrong("takes two of [batch, n], got \(describe(a.shape)) and \(describe(b.shape))")
    }
    return [TensorType(.float32, [a.width, b.width])]
  }
}

let outerSumEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "outer-sum@1",
    summary: "a [batch, m], b [batch, n] -> [m, n]; the sum over examples of aᵀ·b, for states; without a gradient"
  ) { (reader) throws(GraphError) in OuterSum() }
]
