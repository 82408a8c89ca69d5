import Glibc
import ZooReport
import ZooTrain

/// A bar on a terminal, plain lines otherwise; both with the time that is left at the speed so far.
struct Progress {
  /// Steps made before this process.
  private let before: Int
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var shown = false
  private var start = ContinuousClock.now

  init(after steps: Int = 0) { before = steps }

  mutating func step(_ number: Int, of steps: Int, loss: Double, rate: Double, imagesPerSecond: Double) {
    let facts = "loss \(fixed(loss, 4))  rate \(short(rate))  \(fixed(imagesPerSecond, 1)) img/s"
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let left = duration(elapsed / Double(max(number - before, 1)) * Double(steps - number))
    guard isTerminal else { return printError("step \(number)/\(steps)  \(facts)  \(left) left") }
    show("\(bar(number, of: steps)) \(number)/\(steps)  \(facts)  \(left) left")
  }

  /// Images that a frozen trunk has computed for all steps. The steps' own time begins after it.
  mutating func features(_ done: Int, of all: Int) {
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let left = duration(seconds / Double(max(done, 1)) * Double(all - done))
    if isTerminal { show("\(bar(done, of: all)) \(done)/\(all) images through the frozen trunk, once  \(left) left") }
    guard done == all else { return }
    close()
    printError("\(grouped(all)) images went through the frozen trunk in \(duration(seconds)); the steps use its features")
    start = .now
  }

  private func bar(_ number: Int, of all: Int) -> String {
    let width = 24
    let filled = width * number / max(all, 1)
    return String(repeating: "█", count: filled) + String(repeating: "·", count: width - filled)
  }

  private mutating func show(_ line: String) {
    writeAll(STDERR_FILENO, "\r\u{1B}[2K" + line)
    shown = true
  }

  /// Ends the bar's line, so that other text starts on its own.
  mutating func close() {
    if shown { writeAll(STDERR_FILENO, "\n") }
    shown = false
  }

  private func short(_ value: Double) -> String {
    value == 0 ? "0" : value < 0.001 ? "\(Float(value))" : fixed(value, 5)
  }

}

/// A time as people read it.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e12 else { return "?" }
  let whole = Int(seconds.rounded())
  return whole < 60
    ? "\(whole) s" : whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
}
