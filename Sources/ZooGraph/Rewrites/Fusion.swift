/// Rewrites that join neighbouring operations into ones that engines have a single kernel for. Each states what it
/// stands for, so that an engine without the kernel can undo it.
extension Graph {
  /// relu(group-norm(x)) -> group-norm-relu(x). Before differentiation, so that the gradient is one kernel too.
  public func fusingNormalization(keeping outputs: [Value]) throws(GraphError) -> Rewriting {
    let uses = uses(keeping: outputs)
    var (replacements, dropped) = ([Int: Rewriting.Replacement](), Set<Int>())
    for (index, node) in nodes.enumerated() {
      guard case .operation(let operation) = node.kind, operation as? Unary == Unary(.relu),
        var norm = self.operation(of: node.inputs[0]) as? GroupNorm, !norm.relu, uses[node.inputs[0].index] == 1,
        producers[node.inputs[0].index].output == 0
      else { continue }
      norm.relu = true
      let producer = producer(of: node.inputs[0])
      replacements[index] = .init(
        operation: norm, inputs: producer.inputs, outputs: [node.outputs[0], producer.outputs[1]])
      dropped.insert(producers[node.inputs[0].index].node)
    }
    return try Rewriting(self, keeping: outputs, replacements: replacements, dropped: dropped)
  }

  /// Joins, where the inner result has no other reader:
  /// gelu/relu(linear(x)) -> linear with an epilogue; add(linear or conv2d(x), r) -> the same with a residual;
  /// add(norm-gradient(…).dx, g) -> norm-gradient that adds g.
  public func fusingEpilogues(keeping outputs: [Value]) throws(GraphError) -> Rewriting {
    let uses = uses(keeping: outputs)
    let firstUse = firstUses()
    var (replacements, dropped) = ([Int: Rewriting.Replacement](), Set<Int>())
    for (index, node) in nodes.enumerated() {
      guard case .operation(let operation) = node.kind else { continue }
      if let unary = operation as? Unary, let epilogue = unary.epilogue,
        uses[node.inputs[0].index] == 1, let fused = self.operation(of: node.inputs[0])?.with(epilogue: epilogue)
      {
        let inner = producers[node.inputs[0].index].node
        guard !dropped.contains(inner), replacements[inner] == nil else { continue }
        replacements[index] = .init(operation: fused, inputs: nodes[inner].inputs, outputs: [node.outputs[0]])
        dropped.insert(inner)
      } else if operation as? Binary == Binary(.add),
        type(of: node.inputs[0]).shape == type(of: node.inputs[1]).shape, node.inputs[0] != node.inputs[1]
      {
        // The later operand is preferred: its result is the one that is still warm.
        let order = node.inputs.sorted { $0.index > $1.index }
        for (candidate, other) in [(order[0], order[1]), (order[1], order[0])] where uses[candidate.index] == 1 {
          let inner = producers[candidate.index].node
          guard !dropped.contains(inner), replacements[inner] == nil, producers[candidate.index].output == 0,
            case .operation(let source) = nodes[inner].kind, let fused = source.withResidual(),
            // Nobody may read its other outputs before the new, later place.
            nodes[inner].outputs.dropFirst().allSatisfy({ (firstUse[$0] ?? Int.max) > index })
          else { continue }
          var fusedOutputs: [Value?] = nodes[inner].outputs
          fusedOutputs[0] = node.outputs[0]
          replacements[index] = .init(
            operation: fused, inputs: nodes[inner].inputs + [other], outputs: fusedOutputs)
          dropped.insert(inner)
          break
        }
      }
    }
    return try Rewriting(self, keeping: outputs, replacements: replacements, dropped: dropped)
  }

  /// The first node that reads each value.
  private func firstUses() -> [Value: Int] {
    var first: [Value: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for value in node.inputs where first[value] == nil { first[value] = index }
    }
    return first
  }
}

extension Unary {
  fileprivate var epilogue: Epilogue? {
    switch function {
    case .relu: .relu
    case .geluErf: .gelu(tanh: false)
    case .geluTanh: .gelu(tanh: true)
    default: nil
    }
  }
}

extension Operation {
  fileprivate func with(epilogue: Epilogue) -> (any Operation)? {
    switch self {
    case var linear as Linear where linear.epilogue == .none:
      linear.epilogue = epilogue
      return linear
    case var linear as QuantizedLinear where linear.epilogue == .none:
      linear.epilogue = epilogue
      return linear
    default: return nil
    }
  }

  fileprivate func withResidual() -> (any Operation)? {
    switch self {
    case var linear as Linear where !linear.residual && linear.epilogue == .none:
      linear.residual = true
      return linear
    case var convolution as Convolution where !convolution.residual && convolution.epilogue == .none:
      convolution.residual = true
      return convolution
    case var linear as QuantizedLinear where !linear.residual && linear.epilogue == .none:
      linear.residual = true
      return linear
    case var product as QuantizedConvolution
    where !product.convolution.residual && product.convolution.epilogue == .none:
      product.convolution.residual = true
      return product
    case var norm as LayerNormGradient where !norm.adds:
      norm.adds = true
      return norm
    case var norm as GroupNormGradient where !norm.adds:
      norm.adds = true
      return norm
    default: return nil
    }
  }
}
