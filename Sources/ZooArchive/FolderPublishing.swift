import Glibc

/// A folder that appears whole or not at all: its files are written to a temporary folder beside it.
public final class FolderPublishing {
  public let path: String
  private let temporary: String
  private var finished = false

  /// - Throws: `ArchiveError.alreadyThere` if there is anything but an empty folder.
  public init(_ path: String) throws {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    var status = stat()
    if lstat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR, try folderContents(path).isEmpty else {
        throw ArchiveError(.alreadyThere, file: path)
      }
    }
    temporary = "\(folder(of: path))/.\(lastComponent(of: path)).tmp-\(randomName())"
    guard mkdir(temporary, 0o755) == 0 else { throw ArchiveError(.system(.create, errno: errno), file: path) }
  }

  deinit { if !finished { removeFolder(temporary) } }

  /// Writes the file `name`, a plain relative path.
  public func add(_ name: String, produce: (TensorSource.Sink) throws -> Void) throws {
    do {
      let target = temporary + "/" + name
      try makeFolders(folder(of: target))
      let file = try FileDescriptor.create(target)
      try produce { try file.write($0) }
    } catch let error as ArchiveError where error.file.hasPrefix(temporary) {
      // The user knows the folder, not the temporary one.
      throw ArchiveError(error.problem, file: path + "/" + name)
    }
  }

  /// Gives the folder its name.
  public func finish() throws {
    guard rename(temporary, path) == 0 else { throw ArchiveError(.system(.rename, errno: errno), file: path) }
    finished = true
    try syncFolder(folder(of: path))
  }
}

/// Removes a folder that this process made, with all that is in it; what cannot be removed stays.
private func removeFolder(_ path: String) {
  for name in (try? folderContents(path)) ?? [] {
    let entry = path + "/" + name
    if unlink(entry) != 0 { removeFolder(entry) }
  }
  rmdir(path)
}
