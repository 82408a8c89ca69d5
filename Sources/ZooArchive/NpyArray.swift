/// An array of numbers from an npy file. Large files are mapped and read only where they are used.
public struct NpyArray: Sendable {
  /// Files up to this size are read at once, larger ones mapped.
  static let mapFrom = 1 << 20

  public let shape: [Int]
  /// The element type; bfloat16 is npy's `V2`.
  public let dtype: DType
  /// Whether the file holds the first index fastest. The readings below are row-major in any case.
  public let fortranOrder: Bool
  /// Whether the file holds the most significant byte first.
  public let bigEndian: Bool
  /// The product of the shape.
  public let count: Int

  private let origin: Origin
  private let storage: Storage
  private let dataRange: Range<Int>

  private enum Storage: Sendable {
    case memory([UInt8])
    case mapped(MappedFile)
  }

  /// Opens a file.
  /// - Throws: `ArchiveError`, if it is no npy file of numbers whose length fits its header exactly.
  public static func read(_ path: String) throws -> NpyArray {
    let descriptor = try FileDescriptor.openForReading(path)
    let size = try descriptor.size()
    let origin = Origin(file: path)
    if size > mapFrom {
      let mapping = try MappedFile(descriptor)
      return try NpyArray(mapping.bytes, .mapped(mapping), origin)
    }
    return try read(descriptor.bytes(at: 0, count: size), origin: path)
  }

  /// Reads an npy file that is in memory; `origin` names it in errors.
  public static func read(_ bytes: [UInt8], origin: String, member: String? = nil) throws -> NpyArray {
    try bytes.withUnsafeBytes {
      try NpyArray($0, .memory(bytes), Origin(file: origin, member: member))
    }
  }

  private init(_ file: UnsafeRawBufferPointer, _ storage: Storage, _ origin: Origin) throws {
    let header = try NpyHeader(file, origin: origin)
    shape = header.shape
    dtype = header.dtype
    fortranOrder = header.fortranOrder && header.shape.count > 1
    bigEndian = header.bigEndian
    count = elementCount(header.shape) ?? 0
    dataRange = header.dataOffset..<(header.dataOffset + header.byteCount)
    self.origin = origin
    self.storage = storage
  }

  private func withStored<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    switch storage {
    case .memory(let bytes):
      return try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[dataRange])) }
    case .mapped(let mapping): return try body(mapping.slice(dataRange))
    }
  }

  /// The elements as f32, row-major; f8 and wide integers are rounded to nearest.
  public func floats() throws -> [Float] {
    guard let values = withStored({ ElementConversion.floats($0, dtype, bigEndian: bigEndian) }) else {
      throw origin.error(.notConvertible(dtype, to: "f32"))
    }
    return rowMajor(values)
  }

  /// The elements of an array of integers or booleans, row-major.
  public func int64s() throws -> [Int64] {
    guard let values = withStored({ ElementConversion.int64s($0, dtype, bigEndian: bigEndian) }) else {
      throw origin.error(.notConvertible(dtype, to: "integers"))
    }
    return rowMajor(values)
  }

  /// Calls `body` with the elements as bytes, little-endian and row-major: in place if the file holds them
  /// so, else as a copy. The address need not be aligned to the element.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    if !bigEndian, !fortranOrder { return try withStored(body) }
    return try bytes().withUnsafeBytes(body)
  }

  /// The elements as bytes, little-endian and row-major.
  public func bytes() -> [UInt8] {
    var bytes = withStored { [UInt8]($0) }
    let width = dtype.bits / 8
    if bigEndian {
      for start in stride(from: 0, to: bytes.count, by: width) {
        bytes[start..<start + width].reverse()
      }
    }
    guard fortranOrder else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    forEachRowMajor { index in out.append(contentsOf: bytes[index * width..<(index + 1) * width]) }
    return out
  }

  private func rowMajor<T>(_ stored: [T]) -> [T] {
    guard fortranOrder else { return stored }
    var out: [T] = []
    out.reserveCapacity(stored.count)
    forEachRowMajor { out.append(stored[$0]) }
    return out
  }

  /// Calls `body` with the stored position (first index fastest) of each element in row-major order.
  private func forEachRowMajor(_ body: (Int) -> Void) {
    var strides: [Int] = []
    var step = 1
    for size in shape {
      strides.append(step)
      step &*= size
    }
    var index = [Int](repeating: 0, count: shape.count)
    var position = 0
    for _ in 0..<count {
      body(position)
      var axis = shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
