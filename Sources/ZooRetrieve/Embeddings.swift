import ZooArchive

/// Rows of an npy file, one for each example: float vectors [N, D] or one-bit codes [N, ceil(D / 8)]. Large files are mapped.
public struct Embeddings: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case float32, float16
    /// One bit a dimension, whether it is above 0; the first is the highest bit of the first byte, as numpy packs them.
    case bits

    public var dtype: DType {
      switch self {
      case .float32: .f32
      case .float16: .f16
      case .bits: .u8
      }
    }

    /// Bytes of a row of so many dimensions.
    public func rowBytes(_ dimensions: Int) -> Int {
      switch self {
      case .float32: 4 * dimensions
      case .float16: 2 * dimensions
      case .bits: (dimensions + 7) / 8
      }
    }
  }

  /// More dimensions than this are a mistake, and would not fit the kernels' counts.
  public static let mostDimensions = 1 << 20

  public let path: String
  public let kind: Kind
  public let count: Int
  public let dimensions: Int
  private let array: NpyArray

  /// - Parameter dimensions: of codes, where the last byte is not full.
  /// - Throws: `ArchiveError` for a file that is no npy array, `RetrieveError.array` for one of another kind.
  public init(path: String, dimensions: Int? = nil) throws {
    array = try NpyArray.read(path)
    self.path = path
    switch array.dtype {
    case .f32: kind = .float32
    case .f16: kind = .float16
    case .u8: kind = .bits
    default:
      throw RetrieveError.array(
        file: path, "holds \(array.dtype.rawValue); embeddings are float32 or float16 [N, D], one-bit codes uint8 [N, bytes]")
    }
    guard array.shape.count == 2, array.shape[1] > 0 else {
      throw RetrieveError.array(
        file: path, "has the shape \(array.shape); embeddings are [N, D], one row for each example")
    }
    guard !array.fortranOrder, !array.bigEndian else {
      throw RetrieveError.array(file: path, "is not stored row by row and little-endian; save a copy with numpy.ascontiguousarray")
    }
    count = array.shape[0]
    self.dimensions = dimensions ?? (kind == .bits ? 8 * array.shape[1] : array.shape[1])
    guard (1...Self.mostDimensions).contains(self.dimensions), array.shape[1] <= Self.mostDimensions else {
      throw RetrieveError.array(file: path, "has rows of \(array.shape[1]); at most \(Self.mostDimensions) are taken")
    }
    guard kind.rowBytes(self.dimensions) == array.shape[1] * (array.dtype.bits / 8) else {
      throw RetrieveError.array(
        file: path, "has rows of \(array.shape[1]), which are not \(self.dimensions) dimensions")
    }
  }

  public var rowBytes: Int { kind.rowBytes(dimensions) }

  /// The rows where they lie; any alignment.
  func withRows<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result { try array.withBytes(body) }

  /// Rows of a range as bytes.
  public func bytes(_ rows: Range<Int>) throws -> [UInt8] {
    try withRows { [UInt8]($0[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes]) }
  }

  /// Rows of a range as float32; of codes, -1 for a 0 and 1 for a 1.
  public func floats(_ rows: Range<Int>) throws -> [Float] {
    let bytes = try bytes(rows)
    switch kind {
    case .float32:
      return [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, filled in
        UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
        filled = bytes.count / 4
      }
    case .float16:
      return try NpyArray.read(
        try NpyArray.encode(bytes: bytes, dtype: .f16, shape: [rows.count, dimensions]), origin: path).floats()
    case .bits:
      return (0..<rows.count).flatMap { row in
        (0..<dimensions).map { bytes[row * rowBytes + $0 / 8] >> UInt8(7 - $0 % 8) & 1 == 1 ? 1 : -1 }
      }
    }
  }
}

/// One bit a dimension, whether it is above 0 (Zhai & Wu 2019, arXiv 1811.12649): rows of `dimensions` floats to rows of
/// ceil(dimensions / 8) bytes.
public func oneBitCodes(_ values: [Float], dimensions: Int) -> [UInt8] {
  let rows = dimensions > 0 ? values.count / dimensions : 0
  let rowBytes = (dimensions + 7) / 8
  var codes = [UInt8](repeating: 0, count: rows * rowBytes)
  for row in 0..<rows {
    for place in 0..<dimensions where values[row * dimensions + place] > 0 {
      codes[row * rowBytes + place / 8] |= 0x80 >> UInt8(place % 8)
    }
  }
  return codes
}
