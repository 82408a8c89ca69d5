import Glibc
import ZooArchive

/// A bar on a terminal while a large archive is read; nothing elsewhere.
final class CopyBar {
  private static let fromBytes = 32 << 20
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let what: String
  private let start = ContinuousClock.now
  private var next = ContinuousClock.now
  private var shown = false

  /// - Parameter what: the verb and the name, as `copying vit-b16.tar`.
  init(_ what: String) { self.what = what }

  /// To hand to the store; nil where nobody watches.
  var progress: CopyProgress? { isTerminal ? { [self] in update($0, of: $1) } : nil }

  private func update(_ done: Int, of total: Int?) {
    let now = ContinuousClock.now
    guard total ?? done >= Self.fromBytes, now >= next else { return }
    next = now + .milliseconds(100)
    shown = true
    let rate = bytesText(Int(Double(done) / max((now - start) / .seconds(1), 1e-3))) + "/s"
    guard let total else { return write("\(what)  \(bytesText(done))  \(rate)") }
    let width = 24
    let filled = Int(Double(width) * Double(done) / Double(total))
    let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
    write("\(what)  \(bar) \(bytesText(done)) of \(bytesText(total))  \(rate)")
  }

  /// Takes the bar away.
  func close() {
    if shown { writeAll(STDERR_FILENO, "\r\u{1B}[2K") }
    shown = false
  }

  private func write(_ text: String) { writeAll(STDERR_FILENO, "\r\u{1B}[2K" + text) }
}
