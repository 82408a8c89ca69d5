/// Multi-head self-attention without its projections: qkv [batch, n, 3·d] (queries, keys, values; each head-major)
/// -> [batch, n, d] and, for the gradient, the logarithm of each softmax's sum [batch, heads, n].
public struct Attention: Operation {
  public let heads: Int
  public var name: String { "attention@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    let x = inputs[0].shape
    guard x.count == 3, inputs[0].isBatched, x[2] % (3 * heads) == 0 else {
      throw wrong("qkv must be [batch, n, 3·d] with d a multiple of \(heads) heads, not \(describe(x))")
    }
    return [
      TensorType(.float32, [x[0], x[1], x[2] / 3]), TensorType(.float32, [x[0], heads, x[1]]),
    ]
  }

  /// The factor on queries times keys: 1/sqrt(head width).
  public func scale(width: Int) -> Float { 1 / Float(width / heads).squareRoot() }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let inputs = [context.inputs[0], context.outputs[0], context.outputs[1], try context.dy()]
    return [try context.apply(AttentionGradient(attention: self), inputs)]
  }
}

/// dqkv of `Attention` from qkv, its two outputs and dy.
public struct AttentionGradient: Operation {
  public let attention: Attention
  public var name: String { "attention-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

let attentionEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "attention@1",
    summary: "qkv [batch, n, 3·d] -> [batch, n, d]; heads; softmax(q·kᵀ/√(d/heads))·v, each of q, k, v head-major"
  ) { (reader) throws(GraphError) in Attention(heads: try reader.int("heads", in: 1...4096)) }
]
