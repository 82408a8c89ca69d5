import Glibc

/// A file mapped for reading, unmapped with its last reference. Processes that map the same file share its
/// pages. Nobody may shorten a file while it is mapped: reading past its new end ends the process; archives
/// are therefore replaced by rename, never written in place.
final class MappedFile: @unchecked Sendable {
  // Unchecked: the memory is read-only and the pointer never changes.
  let bytes: UnsafeRawBufferPointer
  let file: String

  convenience init(path: String) throws {
    try self.init(FileDescriptor.openForReading(path))
  }

  init(_ descriptor: FileDescriptor) throws {
    file = descriptor.file
    let size = try descriptor.size()
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.raw, 0)
    guard let address, address != MAP_FAILED else {
      throw ArchiveError(.system(.map, errno: errno), file: file)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
  }

  deinit {
    if let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
  }

  /// The part `range`, which must lie inside; an empty buffer otherwise.
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
