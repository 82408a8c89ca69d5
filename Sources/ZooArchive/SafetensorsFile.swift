/// A safetensors file, standing alone or as a member of a tar file, checked and mapped where it lies.
///
/// Nothing is read until asked for, and nothing is copied except by `floats` and `int64s`.
public final class SafetensorsFile: Sendable {
  /// The file it lies in.
  public let path: String
  /// The member of the tar file, nil for a file of its own.
  public let member: String?
  /// Sorted by name (by UTF-8 bytes).
  public let entries: [TensorEntry]
  /// `__metadata__` in the order of the file.
  public let metadata: [(key: String, value: String)]
  /// Where the data buffer begins in the file at `path`.
  public let dataOffset: Int

  private let mapping: MappedFile
  private let positions: [String: Int]

  /// Opens a file of its own.
  /// - Throws: `ArchiveError`, naming file and tensor, if anything in the header is not as the format says.
  public convenience init(path: String) throws {
    let mapping = try MappedFile(path: path)
    try self.init(mapping, member: nil, range: 0..<mapping.bytes.count)
  }

  /// Opens `length` bytes at `offset` of the file at `path`, the member `member` of a tar file.
  public convenience init(path: String, member: String, offset: Int, length: Int) throws {
    let mapping = try MappedFile(path: path)
    let (end, overflow) = offset.addingReportingOverflow(length)
    guard offset >= 0, length >= 0, !overflow, end <= mapping.bytes.count else {
      throw ArchiveError(
        .rangeOutside(offset: offset, count: length, size: mapping.bytes.count), file: path, member: member)
    }
    try self.init(mapping, member: member, range: offset..<end)
  }

  init(_ mapping: MappedFile, member: String?, range: Range<Int>) throws {
    let header = try SafetensorsHeader(
      mapping.slice(range), origin: Origin(file: mapping.file, member: member))
    self.mapping = mapping
    self.member = member
    path = mapping.file
    entries = header.entries
    metadata = header.metadata
    dataOffset = range.lowerBound + header.dataOffset
    positions = Dictionary(
      header.entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The entry called `name`; nil if there is none.
  public func entry(_ name: String) -> TensorEntry? { positions[name].map { entries[$0] } }

  /// The entry called `name`.
  /// - Throws: `ArchiveError` with the nearest name if there is none.
  public func required(_ name: String) throws -> TensorEntry {
    if let entry = entry(name) { return entry }
    throw error(.unknownTensor(nearest: nearest(to: name, among: entries.map(\.name)).first), tensor: name)
  }

  /// The elements of a tensor as f32, row-major: F32 as they are, F16 and BF16 exactly, F64 and integers
  /// rounded to nearest.
  public func floats(_ name: String) throws -> [Float] {
    let entry = try required(name)
    guard let values = ElementConversion.floats(bytes(of: entry), entry.dtype) else {
      throw error(.notConvertible(entry.dtype, to: "f32"), tensor: name)
    }
    return values
  }

  /// The elements of a tensor of integers or booleans.
  public func int64s(_ name: String) throws -> [Int64] {
    let entry = try required(name)
    guard let values = ElementConversion.int64s(bytes(of: entry), entry.dtype) else {
      throw error(.notConvertible(entry.dtype, to: "integers"), tensor: name)
    }
    return values
  }

  /// Calls `body` with the bytes of a tensor where they are mapped (little-endian, row-major). The address
  /// need not be aligned to the element.
  public func withBytes<R>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    try body(bytes(of: required(name)))
  }

  /// The mapped bytes of a tensor, for a holder that keeps this object alive as long as the pointer.
  public func mappedBytes(of name: String) throws -> UnsafeRawBufferPointer {
    bytes(of: try required(name))
  }

  private func bytes(of entry: TensorEntry) -> UnsafeRawBufferPointer {
    mapping.slice((dataOffset + entry.range.lowerBound)..<(dataOffset + entry.range.upperBound))
  }

  private func error(_ problem: ArchiveError.Problem, tensor: String) -> ArchiveError {
    ArchiveError(problem, file: path, member: member, tensor: tensor)
  }
}
