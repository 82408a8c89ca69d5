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

  func rename(to target: String) throws {
    guard Glibc.rename(path, target) == 0 else {
      throw ArchiveError(.system(.rename, errno: errno), file: target)
    }
    renamed = true
  }

  /// Removes what killed processes left.
  static func removeAbandoned(in folder: String) throws {
    for name in try folderContents(folder) {
      let path = folder + "/" + name
      guard let descriptor = try? FileDescriptor.openForLocking(path, create: false) else { continue }
      if lockFile(descriptor, LOCK_EX | LOCK_NB) { unlink(path) }
    }
  }
}

/// The exclusive lock under which names change. The system lets go of it when its holder dies.
struct StoreLock {
  private let descriptor: FileDescriptor

  /// Waits for the lock.
  init(_ path: String) throws {
    descriptor = try FileDescriptor.openForLocking(path, create: true)
    guard lockFile(descriptor, LOCK_EX) else {
      throw ArchiveError(.system(.lock, errno: errno), file: path)
    }
  }

  func release() { _ = lockFile(descriptor, LOCK_UN) }
}

private func lockFile(_ descriptor: FileDescriptor, _ operation: Int32) -> Bool {
  while flock(descriptor.raw, operation) != 0 {
    if errno != EINTR { return false }
  }
  return true
}
