import CLibArchive
import Glibc

/// Reads one member of an npz file from its beginning, through libarchive, which inflates and checks length
/// and CRC.
///
/// libarchive is handed the member alone: a local header made from the central directory's entry, then the
/// member's bytes. Any member is so reached at once, by several threads if need be, and what libarchive sees
/// cannot differ from what the directory says.
final class NpzMemberReader {
  private let archive: OpaquePointer
  private let source: Source
  private let origin: Origin

  /// - Parameter blockSize: How much of the file is read at a time, in bytes.
  init(_ descriptor: FileDescriptor, _ member: NpzMember, blockSize: Int) throws {
    origin = Origin(file: descriptor.file, member: member.path)
    source = Source(descriptor, member, blockSize: blockSize)
    guard let archive = archive_read_new() else { throw origin.error(.system(.read, errno: ENOMEM)) }
    self.archive = archive
    archive_read_support_format_zip_streamable(archive)
    let context = Unmanaged.passUnretained(source).toOpaque()
    let status = archive_read_open(
      archive, context, nil,
      { _, context, block in
        guard let context, let block else { return -1 }
        return Unmanaged<Source>.fromOpaque(context).takeUnretainedValue().next(block)
      }, nil)
    guard status == ARCHIVE_OK else { throw failure() }
    var entry: OpaquePointer?
    guard archive_read_next_header(archive, &entry) == ARCHIVE_OK else { throw failure() }
  }

  deinit { archive_read_free(archive) }

  /// Fills `buffer` with the next bytes of the member.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let got = archive_read_data(archive, base + done, buffer.count - done)
      guard got >= 0 else { throw failure() }
      guard got > 0 else { throw origin.error(.zipDamaged("the data end too early")) }
      done += got
    }
  }

  /// The next `count` bytes of the member.
  func bytes(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
      filled = count
    }
  }

  /// Checks that all has been read, and that length and CRC are right.
  func finish() throws {
    var byte: UInt8 = 0
    let got = archive_read_data(archive, &byte, 1)
    guard got >= 0 else { throw failure() }
    guard got == 0 else { throw origin.error(.zipDamaged("the data go on behind their end")) }
  }

  private func failure() -> any Error {
    if let error = source.error { return error }
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "unreadable"
    return origin.error(.zipDamaged(message))
  }
}

/// The bytes that libarchive asks for, block by block.
private final class Source {
  private let descriptor: FileDescriptor
  private var header: [UInt8]
  private var position: Int
  private let end: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// What went wrong when it asked last.
  private(set) var error: (any Error)?

  init(_ descriptor: FileDescriptor, _ member: NpzMember, blockSize: Int) {
    self.descriptor = descriptor
    header = Self.localHeader(member)
    position = member.dataOffset
    end = member.dataOffset + member.compressedSize
    buffer = .allocate(byteCount: max(header.count, min(blockSize, member.compressedSize)), alignment: 64)
  }

  deinit { buffer.deallocate() }

  func next(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    block.pointee = UnsafeRawPointer(buffer.baseAddress)
    if !header.isEmpty {
      buffer.copyBytes(from: header)
      defer { header = [] }
      return header.count
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, end - position)])
    do {
      guard try descriptor.read(into: part, at: position) == part.count else {
        throw ArchiveError(.changedWhileReading, file: descriptor.file)
      }
    } catch {
      self.error = error
      return -1
    }
    position += part.count
    return part.count
  }

  /// A local header (APPNOTE 4.3.7) with the sizes in a zip64 field, whatever they are.
  private static func localHeader(_ member: NpzMember) -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: Int, _ width: Int) {
      for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
    }
    put(0x0403_4B50, 4)
    for value in [45, 0, member.method, 0, 0x21] { put(value, 2) }  // 0x21: 1 January 1980
    for value in [member.crc32, 0xFFFF_FFFF, 0xFFFF_FFFF] { put(value, 4) }
    for value in [1, 20] { put(value, 2) }
    bytes.append(UInt8(ascii: "a"))
    for value in [1, 16] { put(value, 2) }
    for value in [member.size, member.compressedSize] { put(value, 8) }
    return bytes
  }
}
