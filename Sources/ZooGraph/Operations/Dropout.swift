/// Randomly sets elements (or, whole, examples) of x to 0 and divides the others by 1 - rate, so that the mean stays
/// (Srivastava et al. 2014; whole examples: stochastic depth, Huang et al. 2016).
///
/// x [batch, …] and keys int32 [batch, 2] -> as x. What is dropped of an example is a function of its two key words, the
/// number `node` and the element's position alone: Philox4x32-10 under that key gives each four neighbours a block, and
/// an element is dropped where its word is below rate·2³². The gradient has the same form, with the same keys.
public struct Dropout: Operation {
  public let rate: Double
  public let whole: Bool
  /// Tells the dropouts of one graph apart.
  public var node = 0
  public var name: String { "dropout@1" }

  /// The words below which elements are dropped.
  public var threshold: UInt32 { UInt32(rate * 0x1p32) }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    try check(inputs[0])
    guard inputs[1] == Self.keys else { throw wrong("keys must be int32 [batch, 2]") }
    return [inputs[0]]
  }

  func check(_ x: TensorType) throws(GraphError) {
    guard x.element == .float32, x.isBatched else {
      throw wrong("takes float32 [batch, …], not \(x.element.rawValue) \(describe(x.shape))")
    }
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(self, [try context.dy(), context.inputs[1]]), nil]
  }

  static let keys = TensorType(.int32, [TensorType.batch, 2])
}

let dropoutEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "dropout@1",
    summary: "x [batch, …] -> the same shape; in training elements are 0 with probability rate, the others divided by "
      + "1 - rate; whole = 1 for whole examples; what is dropped depends on seed, step, example and node alone"
  ) { (reader) throws(GraphError) in
    let rate = try reader.float("rate")
    guard (0..<1).contains(rate) else {
      throw .attribute(operation: "dropout@1", "rate must be in 0..<1, not \(rate)")
    }
    return Dropout(rate: rate, whole: try reader.int("whole", default: 0, in: 0...1) == 1)
  }
]
