import Glibc
import ZooReport

/// How many of a known number are done, on a terminal; nothing elsewhere.
struct CountProgress {
  private let what: String
  private let total: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var last = ContinuousClock.now
  private var shown = false

  init(_ what: String, total: Int) { (self.what, self.total) = (what, total) }

  mutating func show(_ done: Int) {
    let now = ContinuousClock.now
    guard isTerminal, now - last > .milliseconds(200) || done == total else { return }
    last = now
    let rate = Double(done) / max((now - start) / .seconds(1), 1e-9)
    let left = duration(Double(total - done) / max(rate, 1e-9))
    writeAll(STDERR_FILENO, "\r\u{1B}[2K\(what): \(grouped(done)) of \(grouped(total)), \(fixed(rate, 1)) a second, \(left) left")
    shown = true
  }

  /// Clears the line.
  mutating func close() {
    if shown { writeAll(STDERR_FILENO, "\r\u{1B}[2K") }
    shown = false
  }
}
