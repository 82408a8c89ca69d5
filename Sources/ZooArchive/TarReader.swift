/// A tar file opened for reading where it lies; nothing is extracted.
///
/// `TarReader(path)` is for our own archives and refuses whatever they do not hold: other formats than plain
/// ustar, extension headers, links, folders, odd paths, duplicates, wrong checksums, truncation, anything but
/// zeros at the end. `TarIndex(path)` is for data sets that others packed.
public final class TarReader: Sendable {
  public let path: String
  /// In the order of the file.
  public let members: [TarMember]
  public let fileSize: Int
  let descriptor: FileDescriptor
  private let positions: [String: Int]

  public convenience init(_ path: String) throws {
    try self.init(FileDescriptor.openForReading(path), mode: .strict)
  }

  init(_ descriptor: FileDescriptor, mode: TarScan.Mode) throws {
    self.descriptor = descriptor
    path = descriptor.file
    fileSize = try descriptor.size()
    var scan = try TarScan(descriptor, mode: mode)
    members = try scan.members()
    positions = Dictionary(
      members.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The member called `name`; nil if there is none.
  public func member(_ name: String) -> TarMember? { positions[name].map { members[$0] } }

  /// The member called `name`.
  /// - Throws: `ArchiveError` with the nearest name if there is none.
  public func required(_ name: String) throws -> TarMember {
    if let member = member(name) { return member }
    let near = nearest(to: name, among: members.map(\.name)).first
    throw ArchiveError(.tarNoMember(nearest: near), file: path, member: name)
  }

  /// All bytes of a member of at most `limit` bytes. Safe to call from several threads.
  public func bytes(of member: TarMember, limit: Int = 1 << 30) throws -> [UInt8] {
    guard member.size <= limit else {
      throw ArchiveError(.tooLarge(size: member.size, limit: limit), file: path, member: member.name)
    }
    return try bytes(of: member, at: 0, count: member.size)
  }

  /// `count` bytes of a member from its byte `offset` on.
  public func bytes(of member: TarMember, at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= member.size, count <= member.size - offset else {
      throw ArchiveError(
        .rangeOutside(offset: offset, count: count, size: member.size), file: path, member: member.name)
    }
    return try descriptor.bytes(at: member.dataOffset + offset, count: count)
  }
}

/// A tar file of data (images, WebDataset shards) that others packed: folders are passed over, pax and GNU
/// long names understood, a leading `./` dropped. Links, devices, sparse files, absolute paths, `..`,
/// duplicate names and truncation are refused.
public final class TarIndex: Sendable {
  private let reader: TarReader
  public var path: String { reader.path }
  /// In the order of the file.
  public var members: [TarMember] { reader.members }

  public init(_ path: String) throws {
    reader = try TarReader(FileDescriptor.openForReading(path), mode: .lenient)
  }

  public func member(_ name: String) -> TarMember? { reader.member(name) }
  public func required(_ name: String) throws -> TarMember { try reader.required(name) }

  /// All bytes of a member of at most `limit` bytes. Safe to call from several threads.
  public func bytes(of member: TarMember, limit: Int = 1 << 30) throws -> [UInt8] {
    try reader.bytes(of: member, limit: limit)
  }

  /// `count` bytes of a member from its byte `offset` on.
  public func bytes(of member: TarMember, at offset: Int, count: Int) throws -> [UInt8] {
    try reader.bytes(of: member, at: offset, count: count)
  }
}
