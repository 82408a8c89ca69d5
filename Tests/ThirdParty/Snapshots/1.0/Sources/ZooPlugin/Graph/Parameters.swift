import ZooABI

/// How the updates of a state by several micro-batches become one.
public enum StateMerge: String, Sendable { case sum, mean, last }

extension Graph {
  /// A trained array. Asking again for a name gives the same one.
  /// - Parameters:
  ///   - name: `[A-Za-z0-9_.-]`; a head's are kept under the name the head has in the model.
  ///   - shape: numbers, no batch.
  ///   - depth: instead of the graph's `depth`.
  ///   - decay: whether weight decay applies; by default to everything but vectors.
  public func parameter(
    _ name: String, shape: [Int], initial: Initial, depth: Int? = nil, decay: Bool? = nil
  ) throws -> Tensor {
    var attributes: [(name: String, value: Attribute)] = [("init", .string(initial.text))]
    if let depth = depth ?? self.depth { attributes.append(("depth", .int(depth))) }
    if let decay { attributes.append(("decay", .int(decay ? 1 : 0))) }
    return try define(name, shape, attributes) { $0.param }
  }

  /// An untrained buffer; `update` says what it becomes.
  public func state(
    _ name: String, shape: [Int], initial: Double = 0, merge: StateMerge = .mean
  ) throws -> Tensor {
    try define(name, shape, [("init", .float(initial)), ("merge", .string(merge.rawValue))]) { $0.state }
  }

  /// What a state becomes after this pass.
  public func update(_ state: Tensor, to value: Tensor) throws {
    guard state.graph === self, value.graph === self else { throw ZooError.foreign("update") }
    try call { host, graph in host.update(ctx, graph, state.node, value.node) }
  }

  private typealias Definition =
    @convention(c) (
      Zoo, OpaquePointer, zoo_str, UnsafePointer<Int64>?, Int, UnsafePointer<zoo_attr>?, Int,
      UnsafeMutablePointer<zoo_node>?
    ) -> zoo_status

  private func define(
    _ name: String, _ shape: [Int], _ attributes: [(name: String, value: Attribute)],
    _ definition: (zoo_host) -> Definition
  ) throws -> Tensor {
    let dimensions = shape.map(Int64.init)
    var node: zoo_node = 0
    try withAttributes(attributes[...]) { attributes in
      try call { host, graph in
        name.withText { name in
          dimensions.withUnsafeBufferPointer { dimensions in
            definition(host)(
              ctx, graph, name, dimensions.baseAddress, dimensions.count, attributes.baseAddress,
              attributes.count, &node)
          }
        }
      }
    }
    return try tensor(node)
  }
}
