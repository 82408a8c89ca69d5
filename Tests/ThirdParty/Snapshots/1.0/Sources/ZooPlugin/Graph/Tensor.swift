import ZooABI

/// A value of the graph under construction: a shape and a place, no numbers yet. Usable until `build`
/// returns.
public struct Tensor {
  /// Stands for the batch size, which no component knows, at dimension 0 of a shape.
  public static let batch = -1

  public let shape: [Int]
  let node: zoo_node
  let graph: Graph

  public var rank: Int { shape.count }
  /// The last dimension, or 1 for a scalar.
  public var width: Int { shape.last ?? 1 }
}
