/// The checked header of an npy file (NEP 1, versions 1.0 to 3.0).
struct NpyHeader {
  /// numpy refuses longer headers too when it may not unpickle.
  static let maximumSize = 10_000
  /// numpy's own limit is 32, then 64.
  static let maximumRank = 64

  let descr: String
  let dtype: DType
  let bigEndian: Bool
  let fortranOrder: Bool
  let shape: [Int]
  /// Where the data begin.
  let dataOffset: Int
  let byteCount: Int

  /// - Parameters:
  ///   - file: The file, or its beginning: the header at least.
  ///   - size: Of the whole file.
  init(_ file: UnsafeRawBufferPointer, size: Int? = nil, origin: Origin) throws {
    let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    guard file.count >= 10, file.prefix(6).elementsEqual(magic) else { throw origin.error(.npyMagic) }
    let (major, minor) = (Int(file[6]), Int(file[7]))
    guard (1...3).contains(major), minor == 0 else {
      throw origin.error(.npyVersion(major: major, minor: minor))
    }
    let start = major == 1 ? 10 : 12
    guard file.count >= start else { throw origin.error(.npyHeader("the file ends inside it")) }
    var length = Int(file[8]) | Int(file[9]) << 8
    if major > 1 { length |= Int(file[10]) << 16 | Int(file[11]) << 24 }
    guard length <= Self.maximumSize else {
      throw origin.error(.npyHeaderTooLong(length, limit: Self.maximumSize))
    }
    guard file.count - start >= length else { throw origin.error(.npyHeader("the file ends inside it")) }
    dataOffset = start + length

    var literal = PythonLiteral(bytes: Array(file[start..<dataOffset]), origin: origin)
    let fields = try literal.header()
    descr = fields.descr
    fortranOrder = fields.fortranOrder
    shape = fields.shape
    (dtype, bigEndian) = try Self.type(descr, origin)
    guard case .success(let count) = dtype.byteCount(shape: shape) else {
      throw origin.error(.shapeOverflows(shape))
    }
    byteCount = count
    let present = (size ?? file.count) - dataOffset
    guard present == count else {
      throw origin.error(.npyDataLength(described: count, present: present, shape: shape, descr: descr))
    }
  }

  private static func type(_ descr: String, _ origin: Origin) throws -> (DType, Bool) {
    if descr.contains("O") { throw origin.error(.npyObjects) }
    guard let order = descr.first, "<>|".contains(order) else { throw origin.error(.npyDescr(descr)) }
    let dtype: DType
    switch descr.dropFirst() {
    case "b1": dtype = .bool
    case "i1": dtype = .i8
    case "u1": dtype = .u8
    case "i2": dtype = .i16
    case "u2": dtype = .u16
    case "f2": dtype = .f16
    case "i4": dtype = .i32
    case "u4": dtype = .u32
    case "f4": dtype = .f32
    case "i8": dtype = .i64
    case "u8": dtype = .u64
    case "f8": dtype = .f64
    // numpy has no bfloat16; arrays of ml_dtypes are saved as two opaque bytes, little-endian.
    case "V2" where order != ">": dtype = .bf16
    default: throw origin.error(.npyDescr(descr))
    }
    if order == "|", dtype.bits > 8, dtype != .bf16 { throw origin.error(.npyDescr(descr)) }
    return (dtype, order == ">" && dtype.bits > 8)
  }
}
