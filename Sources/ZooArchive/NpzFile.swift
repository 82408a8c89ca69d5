/// An array of an npz file.
public struct NpzEntry: Sendable, Equatable {
  /// The member's name without `.npy`.
  public let name: String
  /// The element type; bfloat16 is npy's `V2`.
  public let dtype: DType
  public let shape: [Int]

  /// The product of the shape.
  public var count: Int { elementCount(shape) ?? 0 }
}

/// An npz file: a ZIP file, stored or deflated, also beyond 4 GiB, of npy files.
///
/// To open it reads the directory and the headers of the arrays; data are read only when asked for, one array
/// at a time. Safe to use from several threads.
public final class NpzFile: Sendable {
  /// The file as the user gave it.
  public let path: String
  /// Sorted by name (by UTF-8 bytes).
  public let entries: [NpzEntry]

  /// How much of the file is read at a time: little for headers, more for data.
  private static let headerBlock = 1 << 14
  private static let dataBlock = 1 << 18

  private let descriptor: FileDescriptor
  private let arrays: [String: (member: NpzMember, header: NpyHeader)]

  /// Opens a file.
  /// - Throws: `ArchiveError`, naming file and member, if it is not a ZIP file of npy arrays of numbers, each
  ///   as long as its header says, or if anything in its directory contradicts the rest.
  public init(path: String) throws {
    self.path = path
    descriptor = try FileDescriptor.openForReading(path)
    var entries: [NpzEntry] = []
    var arrays: [String: (member: NpzMember, header: NpyHeader)] = [:]
    for member in try NpzDirectory(descriptor).members {
      let header = try Self.header(descriptor, member)
      entries.append(NpzEntry(name: member.name, dtype: header.dtype, shape: header.shape))
      arrays[member.name] = (member, header)
    }
    self.entries = entries.sorted { bytesPrecede($0.name, $1.name) }
    self.arrays = arrays
  }

  /// The array called `name`; nil if there is none.
  public func entry(_ name: String) -> NpzEntry? {
    arrays[name].map { NpzEntry(name: $0.member.name, dtype: $0.header.dtype, shape: $0.header.shape) }
  }

  /// The array called `name`.
  /// - Throws: `ArchiveError` with the nearest name if there is none.
  public func required(_ name: String) throws -> NpzEntry {
    if let entry = entry(name) { return entry }
    let near = nearest(to: name, among: entries.map(\.name)).first
    throw ArchiveError(.unknownTensor(nearest: near), file: path, tensor: name)
  }

  /// The elements of an array as f32, row-major: F32 as they are, F16 and BF16 exactly, F64 and integers
  /// rounded to nearest. No other array is read, and no second copy made.
  /// - Throws: `ArchiveError`, if there is no such array or its data are damaged (length, CRC-32).
  public func floats(_ name: String) throws -> [Float] {
    _ = try required(name)
    guard let (member, header) = arrays[name] else { return [] }
    let reader = try NpzMemberReader(descriptor, member, blockSize: Self.dataBlock)
    _ = try reader.bytes(header.dataOffset)
    return try NpzElements(header: header, origin: Origin(file: path, member: member.path)).floats(reader)
  }

  private static func header(_ descriptor: FileDescriptor, _ member: NpzMember) throws -> NpyHeader {
    let reader = try NpzMemberReader(descriptor, member, blockSize: headerBlock)
    let start = try reader.bytes(min(member.size, NpyHeader.maximumSize + 12))
    return try start.withUnsafeBytes {
      try NpyHeader($0, size: member.size, origin: Origin(file: descriptor.file, member: member.path))
    }
  }
}
