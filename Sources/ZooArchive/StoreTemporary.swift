import Glibc

/// A file in the store's `tmp/` that is being filled. Its maker holds a lock on it as long as it lives, so
/// that others can tell a file in the making from one whose maker was killed.
final class StoreTemporary {
  let descriptor: FileDescriptor
  private let path: String
  private var renamed = false

  private init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    path = descriptor.file
  }

  deinit { if !renamed { unlink(path) } }

  static func create(in folder: String) throws -> StoreTemporary {
    for _ in 0..<100 {
      let descriptor: FileDescriptor
      do {
        descriptor = try FileDescriptor.create(folder + "/install-" + randomName())
      } catch let error as ArchiveError where error.problem == .system(.create, errno: EEXIST) {
        continue
      }
      guard lockFile(descriptor, LOCK_EX) else {
        throw ArchiveError(.system(.lock, errno: errno), file: descriptor.file)
      }
      // Between creation and lock another process may have taken it for abandoned.
      if try descriptor.status().st_nlink > 0 { return StoreTemporary(descriptor) }
    }
    throw ArchiveError(.storeBusy, file: folder)
  }

  /// Writes the bytes to disk and gives the file its name, replacing what was there.
  func commit(to target: String) throws {
    try descriptor.sync()
    guard rename(path, target) == 0 else {
      throw ArchiveError(.system(.rename, errno: errno), file: target)
    }
    renamed = true
    try syncFolder(folder(of: target))
  }

  /// What killed processes left in `folder`; removed, unless `dryRun`.
  /// - Returns: the sizes of the files.
  @discardableResult
  static func removeAbandoned(in folder: String, dryRun: Bool = false) throws -> [Int] {
    var sizes: [Int] = []
    for name in try folderContents(folder) {
      let path = folder + "/" + name
      guard let descriptor = try? FileDescriptor.openForLocking(path, create: false) else { continue }
      guard lockFile(descriptor, LOCK_EX | LOCK_NB), let size = try? descriptor.size() else { continue }
      if dryRun || unlink(path) == 0 { sizes.append(size) }
    }
    return sizes
  }
}
