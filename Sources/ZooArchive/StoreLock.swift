import Glibc

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

/// Locks a file; false (see `errno`) where that fails, with `LOCK_NB` also where another holds it.
func lockFile(_ descriptor: FileDescriptor, _ operation: Int32) -> Bool {
  while flock(descriptor.raw, operation) != 0 {
    if errno != EINTR { return false }
  }
  return true
}
