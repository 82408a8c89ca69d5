/// Writes safetensors files, the same bytes for the same tensors.
///
/// Tensors whose size is a multiple of 64 bytes come first, by name, the others last, by name; the header is
/// padded with spaces so that the data begin at a multiple of 64 bytes. So every tensor of the first kind
/// lies at a multiple of 64 bytes and can be used where it is mapped. A member of a tar file begins at a
/// multiple of 512, so the same holds in an archive.
public struct SafetensorsWriter: Sendable {
  /// Alignment of the data buffer and of the tensors whose size allows it, in bytes.
  public static let alignment = 64

  /// The length field, the JSON and its padding.
  let header: [UInt8]
  /// In the order of the file, with their sizes.
  private let tensors: [(source: TensorSource, byteCount: Int)]
  private let origin: Origin
  /// The size of the whole file.
  public let byteCount: Int

  /// Plans a file.
  /// - Parameters:
  ///   - file: names the file in errors; `member` too if it will be a member of a tar file.
  ///   - metadata: `__metadata__`, written in the given order.
  public init(
    _ sources: [TensorSource], metadata: [(key: String, value: String)] = [], file: String,
    member: String? = nil
  ) throws {
    let origin = Origin(file: file, member: member)
    self.origin = origin
    var sized = try sources.map { (source: $0, byteCount: try Self.byteCount($0, origin)) }
    sized.sort { a, b in
      let (first, second) = (a.byteCount % Self.alignment == 0, b.byteCount % Self.alignment == 0)
      return first != second ? first : bytesPrecede(a.source.name, b.source.name)
    }

    var object = JSONObject()
    if !metadata.isEmpty {
      object["__metadata__"] = .object(JSONObject(metadata.map { (key: $0.key, value: .string($0.value)) }))
    }
    var end = 0
    for (source, byteCount) in sized {
      let (next, overflow) = end.addingReportingOverflow(byteCount)
      guard !overflow else { throw origin.error(.shapeOverflows(source.shape), tensor: source.name) }
      guard !source.name.isEmpty, source.name != "__metadata__" else {
        throw origin.error(.badTensorName, tensor: source.name)
      }
      let entry: JSONObject = [
        "dtype": .string(source.dtype.rawValue),
        "shape": .array(source.shape.map { .int(Int64($0)) }),
        "data_offsets": [.int(Int64(end)), .int(Int64(next))],
      ]
      guard object.append(source.name, .object(entry)) else {
        throw origin.error(.duplicateTensor, tensor: source.name)
      }
      end = next
    }
    header = try Self.header(JSONValue.object(object).compact(), origin)
    let (total, overflow) = end.addingReportingOverflow(header.count)
    guard !overflow else { throw origin.error(.tooLarge(size: end, limit: Int.max)) }
    tensors = sized
    byteCount = total
  }

  private static func byteCount(_ source: TensorSource, _ origin: Origin) throws -> Int {
    switch source.dtype.byteCount(shape: source.shape) {
    case .success(let count): return count
    case .failure(.overflow): throw origin.error(.shapeOverflows(source.shape), tensor: source.name)
    case .failure(.partialByte):
      throw origin.error(.notWholeBytes(source.shape, source.dtype), tensor: source.name)
    }
  }

  private static func header(_ json: String, _ origin: Origin) throws -> [UInt8] {
    var text = Array(json.utf8)
    let padding = (alignment - (8 + text.count) % alignment) % alignment
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    guard text.count <= SafetensorsHeader.maximumSize else {
      throw origin.error(
        .headerTooLarge(size: UInt64(text.count), limit: SafetensorsHeader.maximumSize))
    }
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + text
  }

  /// Hands the whole file to `sink`, piece by piece; every tensor must give exactly the bytes of its shape.
  public func produce(_ sink: TensorSource.Sink) throws {
    try header.withUnsafeBytes { try sink($0) }
    for (source, byteCount) in tensors {
      var got = 0
      try source.produce { bytes in
        got += bytes.count
        if got <= byteCount { try sink(bytes) }
      }
      guard got == byteCount else {
        throw origin.error(.wrongByteCount(got: got, expected: byteCount), tensor: source.name)
      }
    }
  }

  /// Writes a file of its own: whole, or not at all.
  public static func write(
    _ sources: [TensorSource], metadata: [(key: String, value: String)] = [], to path: String
  ) throws {
    let writer = try SafetensorsWriter(sources, metadata: metadata, file: path)
    let file = try AtomicFile(path)
    try writer.produce { try file.write($0) }
    try file.commit()
  }
}
