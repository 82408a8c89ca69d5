/// Layer normalisation over the last dimension, biased variance: x [..., n], gamma [n], beta [n].
/// Outputs: y, and each row's mean and 1/sqrt(var + epsilon).
public struct LayerNorm: Operation {
  public let epsilon: Double
  public let affine: Bool
  public var name: String { "layer-norm@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: affine ? 3 : 1)
    try expectFloat(inputs)
    let x = inputs[0]
    guard x.rank >= 2 else { throw wrong("x must have rows, it is \(describe(x.shape))") }
    for input in inputs.dropFirst() where input.shape != [x.width] {
      throw wrong("scale and offset must be [\(x.width)], not \(describe(input.shape))")
    }
    let rows = TensorType(.float32, Array(x.shape.dropLast()))
    return [x, rows, rows]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    var inputs = [context.inputs[0], context.outputs[1], context.outputs[2], try context.dy()]
    if affine { inputs.append(context.inputs[1]) }
    let results = try context.graph.apply(LayerNormGradient(affine: affine), inputs)
    return affine ? [results[0], results[1], results[2]] : [results[0]]
  }
}

/// Of `LayerNorm`: x, mean, 1/deviation, dy (, gamma) (, a gradient to add) -> dx (, dgamma, dbeta).
public struct LayerNormGradient: Operation {
  public let affine: Bool
  /// Through rewriting: dx = gradient + the last input.
  public var adds = false
  public var name: String { "layer-norm-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    let vector = TensorType(.float32, [inputs[0].width])
    return affine ? [inputs[0], vector, vector] : [inputs[0]]
  }
}

/// Group normalisation with contiguous groups of channels (last dimension), statistics per example over all positions
/// and the group's channels, biased variance. Outputs: y, and [batch, 2, groups] of means and 1/sqrt(var + epsilon).
public struct GroupNorm: Operation {
  public let groups: Int
  public let epsilon: Double
  /// Through rewriting: y = relu(group-norm(x)).
  public var relu = false
  public var name: String { relu ? "group-norm-relu" : "group-norm@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 3)
    try expectFloat(inputs)
    let x = inputs[0]
    guard x.rank >= 2, x.isBatched else { throw wrong("x must be [batch, ..., channels], not \(describe(x.shape))") }
    guard x.width % groups == 0 else { throw wrong("\(x.width) channels do not divide into \(groups) groups") }
    for input in inputs.dropFirst() where input.shape != [x.width] {
      throw wrong("scale and offset must be [\(x.width)], not \(describe(input.shape))")
    }
    return [x, TensorType(.float32, [TensorType.batch, 2, groups])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let inputs = [
      context.inputs[0], context.outputs[1], try context.dy(), context.inputs[1], context.inputs[2],
    ]
    return try context.graph.apply(GroupNormGradient(groups: groups, relu: relu), inputs)
  }
}

/// Of `GroupNorm`: x, statistics, dy, gamma, beta (, a gradient to add) -> dx, dgamma, dbeta.
public struct GroupNormGradient: Operation {
  public let groups: Int
  public let relu: Bool
  /// Through rewriting: dx = gradient + the last input.
  public var adds = false
  public var name: String { "group-norm-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    let vector = TensorType(.float32, [inputs[0].width])
    return [inputs[0], vector, vector]
  }
}

let normalizationEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "layer-norm@1",
    summary: "x [..., n], scale [n], offset [n] (affine = 1) -> [..., n]; epsilon inside the root, biased variance"
  ) { (reader) throws(GraphError) in
    LayerNorm(
      epsilon: try reader.float("epsilon", default: 1e-6), affine: try reader.int("affine", default: 1, in: 0...1) == 1)
  },
  .init(
    name: "group-norm@1",
    summary:
      "x [batch, ..., c], scale [c], offset [c] -> the same; groups of contiguous channels, epsilon, biased variance"
  ) { (reader) throws(GraphError) in
    GroupNorm(
      groups: try reader.int("groups", default: 32, in: 1...65536), epsilon: try reader.float("epsilon", default: 1e-5))
  },
]
