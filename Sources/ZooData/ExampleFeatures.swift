/// Numbers that stand for the examples of a data set, computed before.
public protocol ExampleFeatures: Sendable {
  /// Numbers of one example.
  var valueCount: Int { get }
  /// Puts an example's numbers into uninitialised memory for `valueCount`; safe to call from several threads at once.
  /// - Returns: false, and nothing written, for an example that could not be read and is passed over.
  func read(_ index: Int, into target: UnsafeMutableBufferPointer<Float>) throws -> Bool
}
