import Glibc
import ZooTrain

/// Writes a text file that is not there yet, whole or not at all.
func writeNewFile(_ path: String, _ text: String) throws {
  func failure() -> TrainError { .input(file: path, "cannot be written (\(String(cString: strerror(errno))))") }
  let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else {
    throw errno == EEXIST ? TrainError.input(file: path, "is there already; give another --output") : failure()
  }
  defer { close(descriptor) }
  var bytes = Array(text.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if written < 0, errno == EINTR { continue }
    guard written > 0 else {
      let error = failure()
      unlink(path)
      throw error
    }
    bytes = bytes.dropFirst(written)
  }
}
