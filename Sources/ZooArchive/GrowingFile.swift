import Glibc

/// A file that grows over a long time and survives the death of who writes it: what was kept is what was synced.
public final class GrowingFile {
  public let path: String
  private let descriptor: FileDescriptor
  public private(set) var size: Int

  /// Opens or creates a file, and cuts it to `keeping` bytes.
  /// - Throws: where it is shorter than that.
  public init(_ path: String, keeping: Int) throws {
    self.path = path
    descriptor = try FileDescriptor.openForLocking(path, create: true)
    let present = try descriptor.size()
    guard present >= keeping else { throw ArchiveError(.shorterThan(keeping), file: path) }
    guard ftruncate(descriptor.raw, off_t(keeping)) == 0, lseek(descriptor.raw, off_t(keeping), SEEK_SET) >= 0 else {
      throw ArchiveError(.system(.write, errno: errno), file: path)
    }
    size = keeping
  }

  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    try descriptor.write(bytes)
    size += bytes.count
  }

  public func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }
  public func append(_ text: String) throws { try append(Array(text.utf8)) }

  /// Writes over bytes that are there.
  public func overwrite(at offset: Int, _ bytes: [UInt8]) throws {
    let put = bytes.withUnsafeBytes { pwrite(descriptor.raw, $0.baseAddress, $0.count, off_t(offset)) }
    guard put == bytes.count else { throw ArchiveError(.system(.write, errno: errno), file: path) }
  }

  /// Makes what was appended survive a power cut.
  public func sync() throws { try descriptor.sync() }

  /// Syncs the file and gives it its final name, replacing what was there.
  public func finish(as final: String) throws {
    try sync()
    guard rename(path, final) == 0 else { throw ArchiveError(.system(.rename, errno: errno), file: final) }
    try syncFolder(folder(of: final))
  }
}
