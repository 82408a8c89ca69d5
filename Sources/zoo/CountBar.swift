import Glibc

/// A bar on a terminal while many things go by; nothing elsewhere.
struct CountBar {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let what: String
  private let total: Int
  private let start = ContinuousClock.now
  private var next = ContinuousClock.now
  private var first: Int?
  private var shown = false

  init(_ what: String, of total: Int) { (self.what, self.total) = (what, total) }

  mutating func show(_ done: Int) {
    let now = ContinuousClock.now
    guard isTerminal, now >= next else { return }
    next = now + .milliseconds(100)
    // What was there before this process cost it nothing.
    let before = first ?? done
    first = before
    let rate = Double(done - before) / max((now - start) / .seconds(1), 1e-3)
    let left = rate > 0 ? "  \(duration(Double(total - done) / rate)) left" : ""
    let (width, filled) = (24, 24 * done / max(total, 1))
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    writeAll(STDERR_FILENO, "\r\u{1B}[2K\(bar) \(done) of \(total) \(what)\(left)")
    shown = true
  }

  /// Takes the bar away.
  mutating func close() {
    if shown { writeAll(STDERR_FILENO, "\r\u{1B}[2K") }
    shown = false
  }
}
