import CLibArchive
import Glibc

/// libarchive, reading the tar format only, without filters.
final class LibArchiveReader {
  /// What libarchive says of one member.
  struct Entry {
    /// Where its (first) header begins.
    let headerOffset: Int
    let size: Int
    let path: [UInt8]
    let isRegular: Bool
    let isFolder: Bool
    let isSparse: Bool
  }

  private let archive: OpaquePointer
  private let file: String

  /// Reads from the beginning of `descriptor`, whose position it moves.
  init(_ descriptor: FileDescriptor) throws {
    file = descriptor.file
    guard let archive = archive_read_new() else {
      throw ArchiveError(.system(.read, errno: ENOMEM), file: file)
    }
    self.archive = archive
    archive_read_support_format_tar(archive)
    guard lseek(descriptor.raw, 0, SEEK_SET) == 0 else {
      throw ArchiveError(.system(.read, errno: errno), file: file)
    }
    guard archive_read_open_fd(archive, descriptor.raw, 1 << 15) == ARCHIVE_OK else { throw failure() }
  }

  deinit { archive_read_free(archive) }

  /// The next member; nil at the end.
  func next() throws -> Entry? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return nil }
    // ARCHIVE_WARN: a name that the locale cannot express; its bytes are still given.
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry else { throw failure() }
    let type = archive_entry_filetype(entry)
    return Entry(
      headerOffset: Int(archive_read_header_position(archive)),
      size: Int(archive_entry_size(entry)),
      path: pathBytes(entry),
      isRegular: type == S_IFREG && archive_entry_hardlink(entry) == nil
        && archive_entry_symlink(entry) == nil,
      isFolder: type == S_IFDIR,
      isSparse: archive_entry_sparse_count(entry) > 0)
  }

  /// Names of pax headers are UTF-8 and given as such. Others are bytes, which the C locale cannot turn into
  /// UTF-8 unless they are ASCII; they are taken as they are.
  private func pathBytes(_ entry: OpaquePointer) -> [UInt8] {
    guard let text = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { return [] }
    return [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }

  private func failure() -> ArchiveError {
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "unreadable"
    return ArchiveError(.tarLibrary(message), file: file)
  }
}
