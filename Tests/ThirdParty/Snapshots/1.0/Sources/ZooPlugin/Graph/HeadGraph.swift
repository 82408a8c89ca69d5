import ZooABI

/// What a class head learns from: `mix`·first + (1 - `mix`)·second, which are equal without mixing.
public struct ClassTarget {
  /// int32 [batch].
  public let first: Tensor
  public let second: Tensor
  /// float32 [batch].
  public let mix: Tensor
}

/// The graph of a head.
public final class HeadGraph: Graph {
  /// The number of labels of the head's task.
  public var classes: Int {
    get throws {
      guard let count = try fact("classes") else { throw ZooError("this task has no labels to count") }
      return count
    }
  }

  /// The numbers of a vector target; known also where there is no target.
  public var targetWidth: Int {
    get throws {
      guard let count = try fact("target_width") else { throw ZooError("this task's target is no vector") }
      return count
    }
  }

  /// Whether there is anything to learn from or to compare with; never when predicting.
  public var hasTarget: Bool { get throws { try fact("has_target") == 1 } }

  /// A declared activation of the backbone.
  public func input(_ name: String) throws -> Tensor {
    var node: zoo_node = 0
    try call { host, graph in name.withText { host.input(ctx, graph, $0, &node) } }
    return try tensor(node)
  }

  /// Publishes a declared output.
  public func output(_ name: String, _ value: Tensor) throws {
    guard value.graph === self else { throw ZooError.foreign("output '\(name)'") }
    try call { host, graph in name.withText { host.output(ctx, graph, $0, value.node) } }
  }

  /// The loss of each example, float32 [batch]; an auxiliary term where it has a name. The host masks, weighs
  /// and averages. Where there is no target the value is not even asked for.
  public func loss(
    _ value: @autoclosure () throws -> Tensor, name: String = "", weight: Double = 1
  ) throws {
    guard try hasTarget else { return }
    let value = try value()
    guard value.graph === self else { throw ZooError.foreign("loss '\(name)'") }
    try call { host, graph in name.withText { host.loss(ctx, graph, $0, value.node, weight) } }
  }

  public func classTarget() throws -> ClassTarget {
    let parts = try target(.class, count: 3)
    return ClassTarget(first: parts[0], second: parts[1], mix: parts[2])
  }
  /// float32 [batch, classes].
  public func multiLabelTarget() throws -> Tensor { try target(.multiLabel, count: 1)[0] }
  /// float32 [batch, n].
  public func vectorTarget() throws -> Tensor { try target(.vector, count: 1)[0] }

  /// The parts of a target.
  public func target(_ kind: TargetKind, count: Int) throws -> [Tensor] {
    var nodes = [zoo_node](repeating: 0, count: max(0, count))
    try call { host, graph in
      kind.name.withText { kind in
        nodes.withUnsafeMutableBufferPointer { host.target(ctx, graph, kind, $0.baseAddress, $0.count) }
      }
    }
    return try nodes.map(tensor)
  }
}
