/// A member of a tar file and where its bytes lie.
public struct TarMember: Sendable, Equatable {
  public let name: String
  /// Bytes.
  public let size: Int
  /// From the beginning of the tar file.
  public let dataOffset: Int

  public init(name: String, size: Int, dataOffset: Int) {
    self.name = name
    self.size = size
    self.dataOffset = dataOffset
  }
}

/// Walks a tar file header by header, by libarchive and by ourselves at once: every block must be accounted
/// for, so that no two readers can see different members in the same file.
struct TarScan {
  enum Mode {
    /// Model archives: ustar, plain files under plain paths, nothing else.
    case strict
    /// Data sets made by others: folders are passed over, pax and GNU long names understood.
    case lenient
  }

  static let memberLimit = 10_000_000

  let descriptor: FileDescriptor
  let mode: Mode
  private let fileSize: Int
  private var position = 0

  init(_ descriptor: FileDescriptor, mode: Mode) throws {
    self.descriptor = descriptor
    self.mode = mode
    fileSize = try descriptor.size()
  }

  mutating func members() throws -> [TarMember] {
    let block = TarHeader.blockSize
    guard fileSize >= block else { throw fail(fileSize == 0 ? .tarTruncated : .notATar) }
    guard let first = try header(at: 0) else { throw fail(.notATar) }
    guard mode == .lenient || first.isUstar else { throw fail(.notATar) }
    guard fileSize % block == 0 else { throw fail(.tarNotBlocks(size: fileSize)) }

    let library = try LibArchiveReader(descriptor)
    var members: [TarMember] = []
    var names: Set<String> = []
    while let (entry, dataOffset) = try next(library) {
      guard entry.size >= 0, let padded = TarHeader.padded(entry.size), padded <= fileSize - dataOffset else {
        throw fail(
          .tarBeyondFile(size: entry.size, available: fileSize - dataOffset), member: shownPath(entry.path))
      }
      position = dataOffset + padded
      if entry.isFolder, mode == .lenient, entry.size == 0 { continue }
      let name = try checkedName(entry.path)
      if mode == .strict { try checkPadding(from: dataOffset + entry.size, name) }
      guard entry.isRegular else { throw fail(.tarKind("a link or special file"), member: name) }
      guard !entry.isSparse else { throw fail(.tarSparse, member: name) }
      guard names.insert(name).inserted else { throw fail(.tarDuplicate, member: name) }
      guard members.count < Self.memberLimit else { throw fail(.tarTooManyMembers(limit: Self.memberLimit)) }
      members.append(TarMember(name: name, size: entry.size, dataOffset: dataOffset))
    }
    try checkEnd()
    return members
  }

  /// The next member by libarchive and where its data begin by our own reading; nil at the end.
  private mutating func next(_ library: LibArchiveReader) throws -> (LibArchiveReader.Entry, Int)? {
    guard let (header, offset, said) = try memberHeader() else { return nil }
    guard let entry = try library.next() else { throw fail(.tarTrailing(offset: position)) }
    guard entry.headerOffset == position else {
      throw fail(.tarLayout(offset: entry.headerOffset, expected: position), member: shownPath(entry.path))
    }
    if !entry.isFolder {
      guard entry.path == said.path ?? header.path, entry.size == said.size ?? header.size else {
        throw fail(.tarHeader(offset: position, "path or size is ambiguous"), member: shownPath(header.path))
      }
    }
    return (entry, offset + TarHeader.blockSize)
  }

  /// The header of the member at `position`, behind its extension headers; nil at the end of the archive.
  private func memberHeader() throws -> (TarHeader, Int, TarExtension)? {
    var offset = position
    var said = TarExtension()
    var extensions = 0
    while true {
      guard let header = try header(at: offset) else {
        guard offset == position else { throw fail(.tarTruncated) }
        return nil
      }
      let isExtension = TarHeader.extensionKinds.contains(header.kind)
      if mode == .strict || !isExtension {
        if let kind = header.kindInWords, mode == .strict || header.kind != UInt8(ascii: "5") {
          throw fail(.tarKind(kind), member: shownPath(header.path))
        }
        guard mode == .lenient || header.isUstar else {
          throw fail(.tarHeader(offset: offset, "not ustar"), member: shownPath(header.path))
        }
        guard !said.isSparse else { throw fail(.tarSparse, member: shownPath(said.path ?? header.path)) }
        return (header, offset, said)
      }
      guard let padded = TarHeader.padded(header.size),
        padded <= fileSize - offset - TarHeader.blockSize
      else { throw fail(.tarTruncated) }
      extensions += 1
      guard extensions <= TarExtension.headerLimit else {
        throw fail(.tarHeader(offset: offset, "more than \(TarExtension.headerLimit) extension headers"))
      }
      guard header.size <= TarExtension.sizeLimit else {
        throw fail(.tarHeader(offset: offset, "an extension header over \(TarExtension.sizeLimit) bytes"))
      }
      let data = try descriptor.bytes(at: offset + TarHeader.blockSize, count: header.size)
      if let problem = said.add(kind: header.kind, data) { throw fail(.tarHeader(offset: offset, problem)) }
      offset += TarHeader.blockSize + padded
    }
  }

  /// nil for an empty block.
  private func header(at offset: Int) throws -> TarHeader? {
    guard offset <= fileSize - TarHeader.blockSize else { throw fail(.tarNoEnd) }
    let block = try descriptor.bytes(at: offset, count: TarHeader.blockSize)
    if block.allSatisfy({ $0 == 0 }) { return nil }
    if offset == 0, !block[257..<262].elementsEqual("ustar".utf8) {
      // Old tar files carry no magic; a checksum that fits is then the only sign.
      guard mode == .lenient, let header = try? TarHeader(block, at: 0, file: descriptor.file) else {
        throw fail(.notATar)
      }
      return header
    }
    return try TarHeader(block, at: offset, file: descriptor.file)
  }

  /// Two empty blocks, and nothing but zeros to the end of the file.
  private func checkEnd() throws {
    guard fileSize - position >= 2 * TarHeader.blockSize else { throw fail(.tarNoEnd) }
    var offset = position
    try descriptor.forEachBlock(at: position, count: fileSize - position) { bytes in
      if let index = bytes.firstIndex(where: { $0 != 0 }) { throw fail(.tarTrailing(offset: offset + index)) }
      offset += bytes.count
    }
  }

  /// The bytes between the end of a member and the next block, which no digest covers.
  private func checkPadding(from offset: Int, _ name: String) throws {
    let bytes = try descriptor.bytes(at: offset, count: position - offset)
    if let index = bytes.firstIndex(where: { $0 != 0 }) {
      throw fail(.tarPadding(offset: offset + index), member: name)
    }
  }

  private func checkedName(_ path: [UInt8]) throws -> String {
    let shown = shownPath(path)
    guard let name = String(validating: path, as: UTF8.self), name.isStreamSafe else {
      throw fail(.tarPath, member: shown)
    }
    if mode == .strict {
      guard isPlainMemberPath(name) else { throw fail(.tarPath, member: shown) }
      return name
    }
    var parts = name.split(separator: "/", omittingEmptySubsequences: false)
    while parts.count > 1, parts.first == "." { parts.removeFirst() }
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }),
      !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw fail(.tarPath, member: shown)
    }
    return parts.joined(separator: "/")
  }

  private func shownPath(_ path: [UInt8]) -> String { String(decoding: path, as: UTF8.self) }

  private func fail(_ problem: ArchiveError.Problem, member: String? = nil) -> ArchiveError {
    ArchiveError(problem, file: descriptor.file, member: member)
  }
}
