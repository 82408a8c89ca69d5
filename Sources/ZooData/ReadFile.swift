import Glibc

/// An open file, closed when the last holder lets go. Reads give a position, so threads may share it.
public final class ReadableFile: Sendable {
  public let path: String
  public let size: Int
  private let descriptor: Int32

  public init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataError.cannotRead(path: path, reason: systemError()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      let reason = status.st_mode & S_IFMT == S_IFREG ? systemError() : "not a regular file"
      close(descriptor)
      throw DataError.cannotRead(path: path, reason: reason)
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// `count` bytes from `offset` on.
  public func read(offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw DataError.cannotRead(path: path, reason: "the file is cut short")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
        if got > 0 {
          filled += got
        } else if got == 0 {
          throw DataError.cannotRead(path: path, reason: "the file became shorter while it was read")
        } else if errno != EINTR {
          throw DataError.cannotRead(path: path, reason: systemError())
        }
      }
    }
  }
}

/// The file at `path`, or its first bytes.
///
/// - Throws: `DataError.cannotRead`.
public func readFile(_ path: String, first: Int? = nil) throws -> [UInt8] {
  let file = try ReadableFile(path)
  return try file.read(offset: 0, count: min(file.size, first ?? file.size))
}

/// The text of `errno`.
func systemError() -> String {
  var text = [CChar](repeating: 0, count: 128)
  guard strerror_r(errno, &text, text.count) == 0 else { return "error \(errno)" }
  return text.withUnsafeBufferPointer { buffer in
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

enum FileKind { case folder, regular, other }

/// What lies at `path`, links followed; nil when nothing does.
func fileKind(_ path: String) -> FileKind? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  switch status.st_mode & S_IFMT {
  case S_IFDIR: return .folder
  case S_IFREG: return .regular
  default: return .other
  }
}

/// The names in a folder in byte order, hidden ones (a leading dot) left out.
func listFolder(_ path: String) throws -> [String] {
  guard let folder = opendir(path) else {
    throw DataError.cannotRead(path: path, reason: systemError())
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
    }
    guard let name else { throw DataError.fileName(folder: path) }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted(by: bytewise)
}

/// Byte order of the UTF-8 text, the same on every platform and in every locale.
func bytewise(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
