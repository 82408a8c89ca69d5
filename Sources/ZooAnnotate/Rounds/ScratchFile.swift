import Glibc
import ZooArchive

/// Bytes that are too many for memory, in a file that has no name any more: it goes with its last reference, or with the
/// process.
final class ScratchFile {
  /// Where this process finds it.
  var path: String { "/proc/self/fd/\(descriptor)" }
  private let output: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private(set) var size = 0

  /// - Parameter beside: the file's place: another one that is being made, in whose folder it lies.
  init(beside output: String) throws {
    let folder = output.contains("/") ? String(output[...(output.lastIndex(of: "/") ?? output.startIndex)]) : "./"
    var attempt = 0
    while true {
      let path = "\(folder).zoo-\(String(UInt64.random(in: .min ... .max), radix: 16)).tmp"
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if descriptor >= 0 {
        unlink(path)
        (self.output, self.descriptor) = (output, descriptor)
        return
      }
      attempt += 1
      guard errno == EEXIST, attempt < 16 else {
        throw AnnotateError.file(output, "cannot be written (\(systemError()))")
      }
    }
  }

  deinit {
    close(descriptor)
  }

  func write(_ bytes: [UInt8]) throws {
    size += bytes.count
    buffer.append(contentsOf: bytes)
    if buffer.count >= 1 << 20 { try flush() }
  }

  /// Afterwards a reader of the path sees all of it.
  func flush() throws {
    var done = 0
    while done < buffer.count {
      let put = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done) }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw AnnotateError.file(output, "a file beside it cannot be written (\(systemError()))") }
      done += put
    }
    buffer.removeAll(keepingCapacity: true)
  }

  func stream() throws -> ByteStream {
    try flush()
    return try ByteStream(path)
  }
}

/// The text of `errno`.
func systemError() -> String { String(cString: strerror(errno)) }
