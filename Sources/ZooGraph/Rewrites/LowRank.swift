/// A low-rank update of a linear layer's weights (LoRA, Hu et al. 2021): W + scale · B·A in place of W.
public struct LowRankUpdate: Sendable, Hashable {
  /// The name of W [out, in].
  public let weight: String
  /// A [rank, in]: uniform in ±1/sqrt(in), which is He's uniform distribution with a slope of sqrt(5).
  public let a: ParameterSpec
  /// B [out, rank]: zeros, so that nothing is changed at first.
  public let b: ParameterSpec
  public let scale: Double

  /// - Parameter weight: of two dimensions.
  public init(of weight: ParameterSpec, rank: Int, scale: Double) {
    let fans = Initializer.fans(weight.shape)
    self.weight = weight.name
    a = ParameterSpec(
      name: weight.name + ".lora-a", shape: [rank, fans.in],
      initializer: .uniform(bound: 1 / Double(max(fans.in, 1)).squareRoot()), depth: weight.depth, decays: true)
    b = ParameterSpec(
      name: weight.name + ".lora-b", shape: [fans.out, rank], initializer: .zeros, depth: weight.depth, decays: true)
    self.scale = scale
  }
}

extension Graph {
  /// The parameters that are the weights of linear layers and nothing else.
  public var linearWeights: [ParameterSpec] {
    var others: Set<Value> = []
    var weights: Set<Value> = []
    for node in nodes {
      guard case .operation(let operation) = node.kind else { continue }
      for (position, value) in node.inputs.enumerated() {
        if operation is Linear, position == 1 { weights.insert(value) } else { others.insert(value) }
      }
    }
    return parameters.filter { weights.contains($0.value) && !others.contains($0.value) }.map(\.spec)
  }

  /// linear(x, w, bias) -> linear(x, w, bias) + linear(scale · linear(x, a), b) for the weights of `updates`. Before
  /// differentiation and fusion.
  public func addingLowRank(_ updates: [LowRankUpdate]) throws(GraphError) -> Rewriting {
    var found: [Value: LowRankUpdate] = [:]
    for parameter in parameters { found[parameter.value] = updates.first { $0.weight == parameter.spec.name } }
    return try Rewriting(copying: self) { (graph, node, inputs) throws(GraphError) in
      guard case .operation(let operation) = node.kind, operation is Linear, let update = found[node.inputs[1]] else {
        return nil
      }
      let (a, b) = (try graph.parameter(update.a), try graph.parameter(update.b))
      let whole = try graph.apply(operation, inputs)
      let narrow = try graph.apply(Linear(bias: false), [inputs[0], a])
      let scaled = try graph.apply(named: "scale@1", narrow, ["factor": .float(update.scale)])
      let change = try graph.apply(Linear(bias: false), [scaled[0], b])
      return try graph.apply(Binary(.add), [whole[0], change[0]])
    }
  }
}
