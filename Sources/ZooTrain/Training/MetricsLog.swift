import Glibc
import ZooArchive

/// `metrics.jsonl`: one object a line, written as it happens.
final class MetricsLog {
  let path: String
  private let descriptor: Int32

  /// - Parameter kept: bytes of a log that is there already; the lines behind them belong to steps that are made again.
  /// - Throws: where it cannot be written, or another run is writing it.
  init(path: String, keeping kept: Int = 0) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure() }
    // A run that was just killed has its files until its memory is given back.
    let patience = ContinuousClock.now + .seconds(3)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard ContinuousClock.now < patience else { throw TrainError.input(file: path, "another run is writing it") }
      usleep(50_000)
    }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0, ftruncate(descriptor, min(size, kept)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
      throw failure()
    }
  }

  /// Unlocks, which closing alone does not while a process that was just started has not yet given up what it inherited.
  deinit {
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  func append(_ value: JSONValue) throws {
    var line = Array((value.compact() + "\n").utf8)[...]
    while !line.isEmpty {
      let written = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure() }
      line = line.dropFirst(written)
    }
  }

  /// Makes sure that what was written stays.
  /// - Returns: bytes written so far.
  func sync() throws -> Int {
    let size = lseek(descriptor, 0, SEEK_CUR)
    guard size >= 0, fsync(descriptor) == 0 else { throw failure() }
    return size
  }

  private func failure() -> TrainError {
    .input(file: path, "cannot be written (\(String(cString: strerror(errno))))")
  }
}
