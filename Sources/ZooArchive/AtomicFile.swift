import Glibc

/// A file that appears under its name whole or not at all: it is written to a temporary file in the same
/// folder, synced and renamed by `commit`. Without `commit` the temporary file is removed.
public final class AtomicFile {
  /// Where the file will appear.
  public let path: String
  let temporary: String
  let descriptor: FileDescriptor
  private var finished = false

  /// - Parameter mode: its permissions, less what the process's mask takes away.
  public convenience init(_ path: String, mode: UInt32 = 0o644) throws {
    try self.init(path, temporary: folder(of: path) + "/." + lastComponent(of: path), mode)
  }

  private init(_ path: String, temporary stem: String, _ mode: mode_t) throws {
    self.path = path
    var attempt = 0
    while true {
      let name = stem + ".tmp-" + randomName()
      do {
        descriptor = try FileDescriptor.create(name, mode: mode)
        temporary = name
        return
      } catch let error as ArchiveError {
        attempt += 1
        guard error.problem == .system(.create, errno: EEXIST), attempt < 16 else {
          // The user knows the file, not the temporary name.
          throw ArchiveError(error.problem, file: path)
        }
      }
    }
  }

  deinit { if !finished { unlink(temporary) } }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws {
    do { try descriptor.write(bytes) } catch let error as ArchiveError {
      throw ArchiveError(error.problem, file: path)
    }
  }

  public func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Syncs the file and gives it its name, replacing what was there.
  public func commit() throws {
    do { try descriptor.sync() } catch let error as ArchiveError {
      throw ArchiveError(error.problem, file: path)
    }
    guard rename(temporary, path) == 0 else {
      throw ArchiveError(.system(.rename, errno: errno), file: path)
    }
    finished = true
    try syncFolder(folder(of: path))
  }

  /// Writes a whole file at once.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }

  public static func write(_ text: String, to path: String) throws {
    try write(Array(text.utf8), to: path)
  }
}

/// Sixteen hexadecimal digits that no other process is likely to choose.
func randomName() -> String {
  let text = String(UInt64.random(in: .min ... .max), radix: 16)
  return String(repeating: "0", count: 16 - text.count) + text
}
