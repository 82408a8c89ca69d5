import ZooABI

/// The graph of a backbone.
public final class BackboneGraph: Graph {
  /// float32 [batch, height, width, 3].
  public var image: Tensor {
    get throws {
      var node: zoo_node = 0
      try call { host, graph in "image".withText { host.pointee.input(ctx, graph, $0, &node) } }
      return try tensor(node)
    }
  }

  /// Publishes a value that heads may read: `[a-z0-9_.-]`, each name once.
  public func activation(_ name: String, _ value: Tensor) throws {
    guard value.graph === self else { throw ZooError.foreign("activation '\(name)'") }
    try call { host, graph in name.withText { host.pointee.activation(ctx, graph, $0, value.node) } }
  }
}
