/// What the elements of a tensor are.
public enum ElementType: String, Sendable, Hashable {
  case float32
  /// Indices and labels.
  case int32
  /// What stands for numbers by an `AffineQuantization`.
  case uint8
  /// Bytes of one element.
  public var size: Int { self == .uint8 ? 1 : 4 }
}

/// A dense row-major tensor's element type and shape.
///
/// Dimension 0 may be `TensorType.batch`, a symbol: graphs are written without knowing the batch size, which is
/// chosen when a graph is compiled. Every other dimension is a positive number.
public struct TensorType: Sendable, Hashable {
  /// The symbol for the batch size; legal at dimension 0 alone.
  public static let batch = -1

  public var element: ElementType
  public var shape: [Int]

  public init(_ element: ElementType = .float32, _ shape: [Int]) {
    self.element = element
    self.shape = shape
  }

  public var rank: Int { shape.count }
  public var isBatched: Bool { shape.first == Self.batch }
  /// The last dimension, or 1 for a scalar.
  public var width: Int { shape.last ?? 1 }

  /// The shape with the batch symbol replaced.
  public func shape(batch: Int) -> [Int] {
    isBatched ? [batch] + shape.dropFirst() : shape
  }

  /// Elements for a batch size; one image's elements when `batch` is 1.
  public func count(batch: Int) -> Int { shape(batch: batch).reduce(1, *) }

  /// Legal: the batch symbol at dimension 0 alone, all others positive, and a size that fits an address.
  func validated(_ what: String) throws(GraphError) -> TensorType {
    var total = element.size
    for (axis, dimension) in shape.enumerated() where !(axis == 0 && dimension == Self.batch) {
      guard dimension > 0 else { throw .shape("\(what): dimension \(axis) is \(dimension); it must be positive") }
      let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
      guard !overflow, product < 1 << 46 else { throw .shape("\(what): shape \(describe(shape)) is too large") }
      total = product
    }
    return self
  }
}

/// A shape as text, with the batch symbol spelled out: `[batch, 197, 768]`.
public func describe(_ shape: [Int]) -> String {
  "[" + shape.map { $0 == TensorType.batch ? "batch" : String($0) }.joined(separator: ", ") + "]"
}
