extension NpyArray {
  /// Writes an array of f32 (`<f4`), row-major: whole, or not at all.
  public static func write(path: String, floats: [Float], shape: [Int]) throws {
    try floats.withUnsafeBytes { try write(path: path, $0, dtype: .f32, shape: shape) }
  }

  /// Writes an array of i64 (`<i8`), row-major.
  public static func write(path: String, int64s: [Int64], shape: [Int]) throws {
    try int64s.withUnsafeBytes { try write(path: path, $0, dtype: .i64, shape: shape) }
  }

  /// Writes elements given as bytes, little-endian and row-major. The types of npy are booleans, integers,
  /// F16, F32, F64 and BF16 (as `<V2`).
  public static func write(path: String, bytes: [UInt8], dtype: DType, shape: [Int]) throws {
    try bytes.withUnsafeBytes { try write(path: path, $0, dtype: dtype, shape: shape) }
  }

  /// The whole npy file in memory.
  public static func encode(floats: [Float], shape: [Int]) throws -> [UInt8] {
    try floats.withUnsafeBytes { bytes in
      try header(byteCount: bytes.count, dtype: .f32, shape: shape, Origin(file: "")) + bytes
    }
  }

  /// The whole npy file in memory, of elements given as bytes, little-endian and row-major.
  public static func encode(bytes: [UInt8], dtype: DType, shape: [Int]) throws -> [UInt8] {
    try header(byteCount: bytes.count, dtype: dtype, shape: shape, Origin(file: "")) + bytes
  }

  /// What an npy file of this type and shape begins with; its elements follow, little-endian and row-major.
  /// - Parameter length: at least so many bytes, a multiple of 64: to write it over another one.
  public static func header(dtype: DType, shape: [Int], length: Int = 0) throws -> [UInt8] {
    guard case .success(let count) = dtype.byteCount(shape: shape) else {
      throw Origin(file: "").error(.shapeOverflows(shape))
    }
    var bytes = try header(byteCount: count, dtype: dtype, shape: shape, Origin(file: ""))
    let missing = length - bytes.count
    guard missing > 0 else { return bytes }
    bytes.insert(contentsOf: repeatElement(0x20, count: missing), at: bytes.count - 1)
    let text = bytes.count - 10
    (bytes[8], bytes[9]) = (UInt8(text & 255), UInt8(text >> 8 & 255))
    return bytes
  }

  private static func write(
    path: String, _ bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]
  ) throws {
    let header = try header(byteCount: bytes.count, dtype: dtype, shape: shape, Origin(file: path))
    let file = try AtomicFile(path)
    try file.write(header)
    try file.write(bytes)
    try file.commit()
  }

  /// Version 1.0, padded so that the data begin at a multiple of 64.
  private static func header(byteCount: Int, dtype: DType, shape: [Int], _ origin: Origin) throws -> [UInt8] {
    guard let descr = descr(dtype) else { throw origin.error(.notConvertible(dtype, to: "npy")) }
    guard case .success(let needed) = dtype.byteCount(shape: shape) else {
      throw origin.error(.shapeOverflows(shape))
    }
    guard needed == byteCount else {
      throw origin.error(.npyShape(count: byteCount * 8 / dtype.bits, shape: shape))
    }
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array("{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
    let padding = 63 - (10 + text.count) % 64
    text.append(contentsOf: repeatElement(0x20, count: padding))
    text.append(0x0A)
    guard text.count <= NpyHeader.maximumSize, shape.count <= NpyHeader.maximumRank else {
      throw origin.error(.npyHeaderTooLong(text.count, limit: NpyHeader.maximumSize))
    }
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
    return magic + [UInt8(text.count & 255), UInt8(text.count >> 8)] + text
  }

  private static func descr(_ dtype: DType) -> String? {
    switch dtype {
    case .bool: "|b1"
    case .i8: "|i1"
    case .u8: "|u1"
    case .i16: "<i2"
    case .u16: "<u2"
    case .f16: "<f2"
    case .bf16: "<V2"
    case .i32: "<i4"
    case .u32: "<u4"
    case .f32: "<f4"
    case .i64: "<i8"
    case .u64: "<u8"
    case .f64: "<f8"
    default: nil
    }
  }
}
