/// A graph made from another by replacing some nodes, and where each old value went.
public struct Rewriting {
  public var graph = Graph()
  private var moved: [Value: Value] = [:]

  /// The new value of an old one; nil when nothing needed it.
  public subscript(old: Value) -> Value? { moved[old] }

  /// What stands in for a node.
  struct Replacement {
    let operation: any Operation
    let inputs: [Value]
    /// For each output of the replacement the old value it takes the place of.
    let outputs: [Value?]
  }

  /// Copies what `outputs` need; `replacements` and `dropped` are by node index.
  init(
    _ old: Graph, keeping outputs: [Value], replacements: [Int: Replacement], dropped: Set<Int>
  ) throws(GraphError) {
    let needed = old.reachable(from: outputs)
    for (index, node) in old.nodes.enumerated() {
      if let replacement = replacements[index] {
        let new = try graph.apply(replacement.operation, mapped(replacement.inputs))
        for (old, new) in zip(replacement.outputs, new) { if let old { moved[old] = new } }
        continue
      }
      // Inputs, parameters and states keep their places, so that their order is the same in every derived graph.
      switch node.kind {
      case .input(let name): moved[node.outputs[0]] = try graph.input(name, old.type(of: node.outputs[0]))
      case .parameter(let spec): moved[node.outputs[0]] = try graph.parameter(spec)
      case .state(let spec): moved[node.outputs[0]] = try graph.state(spec)
      case .operation(let operation):
        guard needed[index], !dropped.contains(index) else { continue }
        for (old, new) in zip(node.outputs, try graph.apply(operation, mapped(node.inputs))) { moved[old] = new }
      }
    }
  }

  /// A copy of the whole graph with what `insert` adds: it gets every operation with its inputs' new values and may give
  /// the new values of its outputs; nil copies the operation.
  init(
    copying old: Graph,
    _ insert: (inout Graph, Graph.Node, [Value]) throws(GraphError) -> [Value]?
  ) throws(GraphError) {
    for node in old.nodes {
      switch node.kind {
      case .input(let name): moved[node.outputs[0]] = try graph.input(name, old.type(of: node.outputs[0]))
      case .parameter(let spec): moved[node.outputs[0]] = try graph.parameter(spec)
      case .state(let spec): moved[node.outputs[0]] = try graph.state(spec)
      case .operation(let operation):
        let inputs = try mapped(node.inputs)
        var outputs = try insert(&graph, node, inputs) ?? []
        if outputs.isEmpty { outputs = try graph.apply(operation, inputs) }
        for (old, new) in zip(node.outputs, outputs) { moved[old] = new }
      }
    }
  }

  /// As above, without some nodes; `insert` gets the index of each operation, and a way to look up new values. What it
  /// does not make anew must not read what is left out.
  init(
    copying old: Graph, leavingOut left: Set<Int>,
    _ insert: (inout Graph, Int, Graph.Node, (Value) -> Value?) throws(GraphError) -> [Value]?
  ) throws(GraphError) {
    for (index, node) in old.nodes.enumerated() where !left.contains(index) {
      switch node.kind {
      case .input(let name): moved[node.outputs[0]] = try graph.input(name, old.type(of: node.outputs[0]))
      case .parameter(let spec): moved[node.outputs[0]] = try graph.parameter(spec)
      case .state(let spec): moved[node.outputs[0]] = try graph.state(spec)
      case .operation(let operation):
        var outputs: [Value]?
        do {
          let known = moved
          outputs = try insert(&graph, index, node) { known[$0] }
        }
        if outputs == nil { outputs = try graph.apply(operation, mapped(node.inputs)) }
        for (old, new) in zip(node.outputs, outputs ?? []) { moved[old] = new }
      }
    }
  }

  private func mapped(_ values: [Value]) throws(GraphError) -> [Value] {
    var result: [Value] = []
    for value in values {
      guard let new = moved[value] else { throw .name("internal: a rewriting used a value it had dropped") }
      result.append(new)
    }
    return result
  }
}

extension Graph {
  /// How often each value is read by nodes that `outputs` need, the outputs themselves counted too.
  func uses(keeping outputs: [Value]) -> [Int] {
    let needed = reachable(from: outputs)
    var uses = [Int](repeating: 0, count: types.count)
    for value in outputs { uses[value.index] += 1 }
    for (index, node) in nodes.enumerated() where needed[index] { for value in node.inputs { uses[value.index] += 1 } }
    return uses
  }
}
