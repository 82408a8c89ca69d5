/// One tensor of a safetensors file.
public struct TensorEntry: Sendable, Equatable {
  public let name: String
  public let dtype: DType
  public let shape: [Int]
  /// Bytes within the data buffer.
  public let range: Range<Int>

  /// The product of the shape.
  public var count: Int { elementCount(shape) ?? 0 }
}

/// The checked header of a safetensors file: u64 little-endian N, N bytes of JSON that begin with `{`, data.
/// The rules are those of the reference reader (safetensors, `tensor.rs`), and duplicate keys are refused.
struct SafetensorsHeader {
  /// The limit of the reference reader.
  static let maximumSize = 100_000_000

  /// Sorted by name (by bytes).
  let entries: [TensorEntry]
  let metadata: [(key: String, value: String)]
  /// Where the data buffer begins, from the beginning of the file: 8 + N.
  let dataOffset: Int

  init(_ file: UnsafeRawBufferPointer, origin: Origin) throws {
    guard file.count >= 10 else { throw origin.error(.headerTruncated(size: file.count)) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    let available = file.count - 8
    guard length <= UInt64(Self.maximumSize) else {
      throw origin.error(.headerTooLarge(size: length, limit: Self.maximumSize))
    }
    guard length <= UInt64(available) else {
      throw origin.error(.headerBeyondFile(size: length, available: available))
    }
    dataOffset = 8 + Int(length)
    let text = Array(file[8..<dataOffset])
    guard text.first == UInt8(ascii: "{") else { throw origin.error(.headerNotObject) }
    var reader = JSONReader(
      bytes: text, origin: origin, limits: JSONLimits(bytes: Self.maximumSize, depth: 4))
    guard case .object(let object) = try reader.document() else { throw origin.error(.headerNotObject) }

    var entries: [TensorEntry] = []
    entries.reserveCapacity(object.count)
    var metadata: [(key: String, value: String)] = []
    for (key, value) in zip(object.keys, object.values) {
      if key == "__metadata__" {
        metadata = try Self.metadata(value, origin)
      } else {
        entries.append(try Self.entry(key, value, origin))
      }
    }
    try Self.checkContiguous(entries, dataLength: file.count - dataOffset, origin)
    self.entries = entries.sorted { bytesPrecede($0.name, $1.name) }
    self.metadata = metadata
  }

  private static func metadata(
    _ value: JSONValue, _ origin: Origin
  ) throws -> [(key: String, value: String)] {
    guard case .object(let object) = value else { throw origin.error(.metadataNotStrings) }
    return try object.members.map { key, value in
      guard case .string(let text) = value else { throw origin.error(.metadataNotStrings) }
      return (key: key, value: text)
    }
  }

  private static func entry(_ name: String, _ value: JSONValue, _ origin: Origin) throws -> TensorEntry {
    func fail(_ problem: ArchiveError.Problem) -> ArchiveError { origin.error(problem, tensor: name) }
    guard case .object(let object) = value, object.count == 3 else {
      throw fail(.entryMalformed("it must have exactly dtype, shape and data_offsets"))
    }
    guard let dtypeName = object["dtype"]?.string else {
      throw fail(.entryMalformed("dtype must be a string"))
    }
    guard let dtype = DType(rawValue: dtypeName) else { throw fail(.unknownDType(dtypeName)) }
    guard let shape = sizes(object["shape"]) else {
      throw fail(.entryMalformed("shape must be a list of sizes"))
    }
    guard let offsets = sizes(object["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1] else {
      throw fail(.entryMalformed("data_offsets must be [begin, end] with begin <= end"))
    }
    switch dtype.byteCount(shape: shape) {
    case .failure(.overflow): throw fail(.shapeOverflows(shape))
    case .failure(.partialByte): throw fail(.notWholeBytes(shape, dtype))
    case .success(let bytes):
      guard offsets[1] - offsets[0] == bytes else {
        throw fail(.rangeMismatch(begin: offsets[0], end: offsets[1], expected: bytes))
      }
    }
    return TensorEntry(name: name, dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
  }

  private static func sizes(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements) = value else { return nil }
    var sizes: [Int] = []
    for element in elements {
      guard case .int(let size) = element, size >= 0 else { return nil }
      sizes.append(Int(size))
    }
    return sizes
  }

  private static func checkContiguous(_ entries: [TensorEntry], dataLength: Int, _ origin: Origin) throws {
    let inOrder = entries.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for entry in inOrder {
      guard entry.range.lowerBound == end else {
        throw origin.error(
          .rangeNotContiguous(begin: entry.range.lowerBound, expected: end), tensor: entry.name)
      }
      end = entry.range.upperBound
    }
    guard end == dataLength else {
      throw origin.error(.dataLength(described: end, present: dataLength))
    }
  }
}
