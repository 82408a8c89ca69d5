/// A tensor to be written: what it is, and where its bytes come from.
public struct TensorSource: Sendable {
  /// Takes the next bytes.
  public typealias Sink = (UnsafeRawBufferPointer) throws -> Void

  public let name: String
  public let dtype: DType
  public let shape: [Int]
  /// Hands all bytes (little-endian, row-major) to the sink, in pieces of any size. It may be called more
  /// than once and must give the same bytes each time.
  public let produce: @Sendable (Sink) throws -> Void

  public init(
    name: String, dtype: DType, shape: [Int], produce: @escaping @Sendable (Sink) throws -> Void
  ) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.produce = produce
  }

  /// A tensor that is in memory as bytes.
  public init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
    self.init(name: name, dtype: dtype, shape: shape) { sink in try bytes.withUnsafeBytes { try sink($0) } }
  }

  /// An F32 tensor that is in memory.
  public init(name: String, floats: [Float], shape: [Int]) {
    self.init(name: name, dtype: .f32, shape: shape) { sink in try floats.withUnsafeBytes { try sink($0) } }
  }

  /// A tensor of another file, copied as it is under a name that may be new.
  public init(copying name: String, of file: SafetensorsFile, as newName: String? = nil) throws {
    let entry = try file.required(name)
    self.init(name: newName ?? name, dtype: entry.dtype, shape: entry.shape) { sink in
      try file.withBytes(of: name) { try sink($0) }
    }
  }
}
