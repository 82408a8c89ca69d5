extension Graph {
  /// Appends the nodes that compute gradients (reverse mode).
  ///
  /// - Parameters:
  ///   - seeds: values with the gradients that are given for them, such as a per-example loss `[batch]` with each
  ///     example's weight `[batch]`.
  ///   - parameters: the values whose gradients are wanted.
  /// - Returns: for each of `parameters` its gradient, of the same shape; nil where the seeds do not depend on it.
  public mutating func differentiate(
    _ seeds: [(value: Value, gradient: Value)], with respectTo: [Value]
  ) throws(GraphError) -> [Value?] {
    let forward = nodes.count
    let needed = dependents(of: respectTo)
    var gradients: [Value: Value] = [:]
    for seed in seeds { try accumulate(seed.gradient, into: &gradients, for: seed.value) }

    for index in (0..<forward).reversed() {
      let node = nodes[index]
      guard case .operation(let operation) = node.kind else { continue }
      let outputGradients = node.outputs.map { gradients[$0] }
      guard outputGradients.contains(where: { $0 != nil }), node.inputs.contains(where: needed.contains) else {
        continue
      }
      // Handed over, not copied: a copy of the node list for every node would make this quadratic.
      let whole = self
      self = Graph()
      var context = GradientContext(
        graph: consume whole, inputs: node.inputs, outputs: node.outputs, outputGradients: outputGradients,
        needed: node.inputs.map(needed.contains))
      let results = try operation.gradient(&context)
      self = context.graph
      context.graph = Graph()
      for (input, gradient) in zip(node.inputs, results) where needed.contains(input) {
        if let gradient { try accumulate(gradient, into: &gradients, for: input) }
      }
    }
    return respectTo.map { gradients[$0] }
  }

  private mutating func accumulate(
    _ gradient: Value, into gradients: inout [Value: Value], for value: Value
  ) throws(GraphError) {
    if let old = gradients[value] {
      if let joined = try joinedGathers(old, gradient) {
        gradients[value] = joined
        return
      }
      gradients[value] = try apply(Binary(.add), [old, gradient])[0]
    } else {
      gradients[value] = gradient
    }
  }

  /// The values that depend on any of `sources`, these included.
  func dependents(of sources: [Value]) -> Set<Value> {
    var result = Set(sources)
    for node in nodes where node.inputs.contains(where: result.contains) { result.formUnion(node.outputs) }
    return result
  }

  /// Whether each node is needed for `outputs`.
  public func reachable(from outputs: [Value]) -> [Bool] {
    var needed = [Bool](repeating: false, count: nodes.count)
    var stack = outputs.map { producers[$0.index].node }
    while let node = stack.popLast() {
      guard !needed[node] else { continue }
      needed[node] = true
      stack += nodes[node].inputs.map { producers[$0.index].node }
    }
    return needed
  }
}
