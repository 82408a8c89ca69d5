import CLibArchive
import Glibc

/// Writes a plain ustar file, the same bytes for the same members: times, user and group 0 and unnamed, mode
/// 0644, exactly two empty blocks at the end. The file appears whole on `finish`, or not at all.
public final class TarWriter {
  /// The largest member: eleven octal digits.
  public static let maximumMemberSize = (1 << 33) - 1

  private let file: AtomicFile
  private let archive: OpaquePointer
  private var names: Set<String> = []

  public init(_ path: String) throws {
    file = try AtomicFile(path)
    guard let archive = archive_write_new() else {
      throw ArchiveError(.system(.write, errno: ENOMEM), file: path)
    }
    self.archive = archive
    archive_write_set_format_ustar(archive)
    archive_write_set_bytes_per_block(archive, 1 << 20)
    // No padding of the file beyond the two empty blocks, so that any truncation shows.
    archive_write_set_bytes_in_last_block(archive, 1)
    guard archive_write_open_fd(archive, file.descriptor.raw) == ARCHIVE_OK else { throw failure(nil) }
  }

  deinit { archive_write_free(archive) }

  /// Adds a member of `size` bytes, which `produce` hands over in pieces.
  /// - Throws: `ArchiveError` if the path is not plain, too long or taken, or the bytes are not `size`.
  public func add(_ path: String, size: Int, produce: (TensorSource.Sink) throws -> Void) throws {
    guard isPlainMemberPath(path) else { throw error(.tarPath, path) }
    guard fitsUstar(path) else { throw error(.tarPathTooLong, path) }
    guard size >= 0, size <= Self.maximumMemberSize else { throw error(.tarMemberTooLarge(size: size), path) }
    guard names.insert(path).inserted else { throw error(.tarDuplicate, path) }
    guard let entry = archive_entry_new() else { throw error(.system(.write, errno: ENOMEM), path) }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, path)
    archive_entry_set_filetype(entry, S_IFREG)
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_size(entry, la_int64_t(size))
    archive_entry_set_mtime(entry, 0, 0)
    archive_entry_set_uid(entry, 0)
    archive_entry_set_gid(entry, 0)
    guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw failure(path) }
    var got = 0
    try produce { bytes in
      got += bytes.count
      guard got <= size else { return }
      try write(bytes, path)
    }
    guard got == size else { throw error(.tarWrongSize(got: got, declared: size), path) }
  }

  /// Adds a member that is in memory.
  public func add(_ path: String, bytes: [UInt8]) throws {
    try add(path, size: bytes.count) { sink in try bytes.withUnsafeBytes { try sink($0) } }
  }

  /// Ends the archive, syncs it and gives it its name.
  public func finish() throws {
    guard archive_write_close(archive) == ARCHIVE_OK else { throw failure(nil) }
    try file.commit()
  }

  private func write(_ bytes: UnsafeRawBufferPointer, _ path: String) throws {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let put = archive_write_data(archive, base + done, bytes.count - done)
      guard put > 0 else { throw failure(path) }
      done += put
    }
  }

  /// ustar holds a name of 100 bytes behind a prefix of at most 155 that ends before a '/'.
  private func fitsUstar(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    if bytes.count <= 100 { return true }
    return bytes.indices.contains { index in
      bytes[index] == UInt8(ascii: "/") && index <= 155 && index > 0 && bytes.count - index - 1 <= 100
        && bytes.count - index - 1 > 0
    }
  }

  private func error(_ problem: ArchiveError.Problem, _ member: String?) -> ArchiveError {
    ArchiveError(problem, file: file.path, member: member)
  }

  private func failure(_ member: String?) -> ArchiveError {
    let code = archive_errno(archive)
    // Codes below zero are libarchive's own; the others are the system's.
    if code > 0 { return error(.system(.write, errno: code), member) }
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "unwritable"
    return error(.tarLibrary(message), member)
  }
}
