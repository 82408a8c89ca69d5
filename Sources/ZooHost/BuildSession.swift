import ZooABI
import ZooGraph

/// A graph while a plugin adds to it. The plugin sees numbers for the values it was given or made, and no
/// others.
final class BuildSession {
  enum Role {
    case backbone(image: Value)
    case head(declared: HeadDeclaration, activations: [(name: String, value: Value)], target: TargetValues?)
  }

  var graph: Graph
  let role: Role
  /// Before the names of parameters and states.
  let prefix: String
  /// Of parameters that do not say theirs.
  let depth: Int
  let facts: [(name: String, value: Int)]
  let operations: OwnOperations
  private var values: [Value] = []

  var activations: [(name: String, value: Value)] = []
  var outputs: [(name: String, value: Value)] = []
  var losses: [Loss] = []
  var updates: [StateUpdate] = []

  init(
    _ graph: Graph, role: Role, prefix: String, depth: Int, facts: [(name: String, value: Int)],
    operations: OwnOperations
  ) {
    (self.graph, self.role, self.prefix) = (graph, role, prefix)
    (self.depth, self.facts, self.operations) = (depth, facts, operations)
  }

  /// A token for the plugin, never read through.
  var token: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

  func handle(_ value: Value) -> zoo_node {
    values.append(value)
    return zoo_node(values.count)
  }

  func value(_ node: zoo_node, _ call: String, _ which: String = "the node") throws -> Value {
    guard node >= 1, node <= values.count else { throw Refusal.node(call, which, node) }
    return values[Int(node) - 1]
  }

  func shape(_ value: Value) -> String {
    let type = graph.type(of: value)
    return (type.element == .float32 ? "" : type.element.rawValue + " ") + describe(type.shape)
  }
}
