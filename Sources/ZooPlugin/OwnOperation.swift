/// An operation that no combination of the host's expresses, over plain arrays: forward and backward on the CPU, in
/// float32, on one thread, never fused. Its stored properties are its attributes.
///
/// It depends on its inputs and properties alone and keeps examples apart: row i of what has the batch depends on row i
/// of the inputs alone. Register it beside the component that uses it: `zoo.export(MyHead.self, operations: [Clip.self])`.
public protocol OwnOperation: Config {
  /// `team/name@1`: a-z, 0-9 and -. What a version computes never changes.
  static var name: String { get }
  static var summary: String { get }
  static var outputs: Int { get }
  /// Shapes of the outputs from those of the inputs; `Tensor.batch` stands at dimension 0.
  func shapes(_ inputs: [[Int]]) throws -> [[Int]]
  /// Writes every element of every output.
  func forward(_ inputs: [Numbers], _ outputs: [Results]) throws
  /// Writes every element of the gradient of each input that `isWanted`.
  /// - Parameters:
  ///   - outputs: as `forward` computed them.
  ///   - outputGradients: one for each output.
  func backward(_ inputs: [Numbers], outputs: [Numbers], outputGradients: [Numbers], _ gradients: [Results]) throws
}

extension OwnOperation {
  public static var summary: String { "" }
  public static var outputs: Int { 1 }
}

/// An array of the host's, row-major, to be read during the call. Labels (int32) read as numbers too.
public struct Numbers {
  public let shape: [Int]
  public let count: Int
  let base: UnsafeRawPointer?
  let isInteger: Bool
  let mistake: IndexMistake

  /// Rows of the last dimension.
  public var rows: Int { width == 0 ? 0 : count / width }
  public var width: Int { shape.last ?? 1 }

  /// An element; past the end the call fails and this is no number.
  public subscript(_ index: Int) -> Float {
    guard let base, index >= 0, index < count else { return mistake.at(index, of: shape) }
    let place = base + index * 4
    return isInteger ? Float(place.load(as: Int32.self)) : place.load(as: Float.self)
  }
  public subscript(_ row: Int, _ column: Int) -> Float { self[row * width + column] }
}

/// An array of the host's, row-major, to be written during the call.
public struct Results {
  public let shape: [Int]
  public let count: Int
  let base: UnsafeMutablePointer<Float>?
  let mistake: IndexMistake

  /// Whether anybody needs it; what is not needed cannot be written.
  public var isWanted: Bool { base != nil }
  public var rows: Int { width == 0 ? 0 : count / width }
  public var width: Int { shape.last ?? 1 }

  /// An element; past the end the call fails.
  public subscript(_ index: Int) -> Float {
    get {
      guard let base, index >= 0, index < count else { return mistake.at(index, of: shape) }
      return base[index]
    }
    nonmutating set {
      guard let base, index >= 0, index < count else { return _ = mistake.at(index, of: shape) }
      base[index] = newValue
    }
  }
  public subscript(_ row: Int, _ column: Int) -> Float {
    get { self[row * width + column] }
    nonmutating set { self[row * width + column] = newValue }
  }

  public func fill(_ value: Float) { for index in 0..<count { self[index] = value } }
}

/// The first index of a call that was past an array's end.
final class IndexMistake {
  private(set) var text: String?

  func at(_ index: Int, of shape: [Int]) -> Float {
    text = text ?? "element \(index) was used of an array of the shape \(shape)"
    return .nan
  }

  func check() throws { if let text { throw ZooError(text) } }
}
