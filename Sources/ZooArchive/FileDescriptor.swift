import Glibc

/// An open file, closed with its last reference. All calls retry on EINTR and throw `ArchiveError`.
final class FileDescriptor: Sendable {
  let raw: Int32
  let file: String

  private init(raw: Int32, file: String) {
    self.raw = raw
    self.file = file
  }

  deinit { close(raw) }

  /// Opens an existing regular file for reading.
  static func openForReading(_ path: String) throws -> FileDescriptor {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard fd >= 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
    let descriptor = FileDescriptor(raw: fd, file: path)
    guard try descriptor.status().st_mode & S_IFMT == S_IFREG else {
      throw ArchiveError(.notAFile, file: path)
    }
    return descriptor
  }

  /// The standard input of this process, whatever it is.
  static func standardInput() throws -> FileDescriptor {
    let fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    let file = ArchiveSource.standardInput.description
    guard fd >= 0 else { throw ArchiveError(.system(.open, errno: errno), file: file) }
    return FileDescriptor(raw: fd, file: file)
  }

  /// Creates a file that must not exist yet.
  static func create(_ path: String, mode: mode_t = 0o644) throws -> FileDescriptor {
    let fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard fd >= 0 else { throw ArchiveError(.system(.create, errno: errno), file: path) }
    return FileDescriptor(raw: fd, file: path)
  }

  /// Opens a file to lock it, creating it if need be.
  static func openForLocking(_ path: String, create: Bool) throws -> FileDescriptor {
    let fd = open(path, O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0o644)
    guard fd >= 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
    return FileDescriptor(raw: fd, file: path)
  }

  func status() throws -> stat {
    var status = stat()
    guard fstat(raw, &status) == 0 else {
      throw ArchiveError(.system(.examine, errno: errno), file: file)
    }
    return status
  }

  func size() throws -> Int { Int(try status().st_size) }

  /// Reads up to `buffer.count` bytes at `offset`; fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let got = pread(raw, base + done, buffer.count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        throw ArchiveError(.system(.read, errno: errno), file: file)
      }
      if got == 0 { break }
      done += got
    }
    return done
  }

  /// Reads exactly `count` bytes at `offset`.
  func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    guard bytes.count == count else { throw ArchiveError(.changedWhileReading, file: file) }
    return bytes
  }

  func write(_ buffer: UnsafeRawBufferPointer) throws {
    guard let base = buffer.baseAddress else { return }
    var done = 0
    while done < buffer.count {
      let put = Glibc.write(raw, base + done, buffer.count - done)
      if put < 0 {
        if errno == EINTR { continue }
        throw ArchiveError(.system(.write, errno: errno), file: file)
      }
      done += put
    }
  }

  func sync() throws {
    guard fsync(raw) == 0 else { throw ArchiveError(.system(.sync, errno: errno), file: file) }
  }

  /// Reads up to `buffer.count` bytes where the descriptor stands; fewer only at the end.
  func readNext(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let got = Glibc.read(raw, base + done, buffer.count - done)
      if got == 0 { break }
      if got > 0 {
        done += got
      } else if errno == EAGAIN {
        // Somebody else made the pipe non-blocking.
        var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, -1)
      } else if errno != EINTR {
        throw ArchiveError(.system(.read, errno: errno), file: file)
      }
    }
    return done
  }

  /// Calls `body` with all bytes from where the descriptor stands, in blocks of at most `blockSize`.
  func forEachRemainingBlock(blockSize: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockSize, alignment: 64)
    defer { buffer.deallocate() }
    while true {
      let got = try readNext(into: buffer)
      if got > 0 { try body(UnsafeRawBufferPointer(rebasing: buffer[..<got])) }
      if got < blockSize { return }
    }
  }

  /// Calls `body` with the `count` bytes at `offset`, in blocks of at most `blockSize`.
  func forEachBlock(
    at offset: Int, count: Int, blockSize: Int = 1 << 20, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, min(blockSize, count)), alignment: 64)
    defer { buffer.deallocate() }
    var done = 0
    while done < count {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, count - done)])
      guard try read(into: part, at: offset + done) == part.count else {
        throw ArchiveError(.changedWhileReading, file: file)
      }
      try body(UnsafeRawBufferPointer(part))
      done += part.count
    }
  }
}

/// Whole small files.
enum WholeFile {
  /// The bytes of a regular file of at most `limit` bytes.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = try FileDescriptor.openForReading(path)
    let size = try descriptor.size()
    guard size <= limit else {
      throw ArchiveError(.tooLarge(size: size, limit: limit), file: path)
    }
    return try descriptor.bytes(at: 0, count: size)
  }
}
