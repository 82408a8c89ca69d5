import Glibc
import ZooArchive

/// `metrics.jsonl`: one object a line, written as it happens.
final class MetricsLog {
  let path: String
  private let descriptor: Int32

  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw TrainError.input(file: path, "cannot be written (\(String(cString: strerror(errno))))")
    }
  }

  deinit { close(descriptor) }

  func append(_ value: JSONValue) throws {
    var line = Array((value.compact() + "\n").utf8)[...]
    while !line.isEmpty {
      let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        throw TrainError.input(file: path, "cannot be written (\(String(cString: strerror(errno))))")
      }
      line = line.dropFirst(written)
    }
  }
}
