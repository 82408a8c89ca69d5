/// A parameter's int8 weights, in memory of a store's own or where they are mapped.
final class QuantizedArray {
  let shape: [Int]
  let memory: UnsafeRawPointer
  private let owner: AnyObject

  /// Weights where they lie; `owner` keeps them valid and unchanged.
  init(shape: [Int], at memory: UnsafeRawPointer, owner: AnyObject) {
    (self.shape, self.memory, self.owner) = (shape, memory, owner)
  }

  convenience init(shape: [Int], _ values: [Int8]) throws(EngineError) {
    let buffer = try AlignedBuffer(bytes: values.count)
    values.withUnsafeBytes { if let base = $0.baseAddress { buffer.base.copyMemory(from: base, byteCount: $0.count) } }
    self.init(shape: shape, at: UnsafeRawPointer(buffer.base), owner: buffer)
  }

  var count: Int { shape.reduce(1, *) }
}

extension ParameterStore {
  /// Gives a quantised parameter its weights, row-major. Before programs are compiled that read them.
  public func setQuantized(_ name: String, shape: [Int], _ values: [Int8]) throws(EngineError) {
    guard shape.reduce(1, *) == values.count else {
      throw .binding("quantised parameter '\(name)' has \(describeShape(shape)) values, not \(values.count)")
    }
    quantized[name] = try QuantizedArray(shape: shape, values)
  }

  /// The same, where the bytes of its weights lie.
  /// - Parameter owner: what keeps the memory valid and unchanged.
  public func setQuantized(
    _ name: String, shape: [Int], at bytes: UnsafeRawBufferPointer, owner: AnyObject
  ) throws(EngineError) {
    guard shape.reduce(1, *) == bytes.count, let base = bytes.baseAddress else {
      throw .binding("quantised parameter '\(name)' has \(describeShape(shape)) values, not \(bytes.count)")
    }
    quantized[name] = QuantizedArray(shape: shape, at: base, owner: owner)
  }

  /// Takes another store's quantised weights, which both share.
  public func shareQuantized(of other: ParameterStore) { quantized = other.quantized }

  /// Names of the quantised parameters.
  public var quantizedNames: [String] { quantized.keys.sorted() }

  /// The shape and the bytes of a quantised parameter's weights, for writing them out without a copy.
  public func withQuantized<Result, Failure: Error>(
    _ name: String, _ body: (_ shape: [Int], UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let array = quantized[name] else { return nil }
    return try body(array.shape, UnsafeRawBufferPointer(start: array.memory, count: array.count))
  }
}

private func describeShape(_ shape: [Int]) -> String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
