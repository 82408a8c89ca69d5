import Glibc

/// Gives cases to worker processes and outlives them.
struct Supervisor {
  let corpus: String
  let seed: UInt64
  let limits: Limits
  /// Of real time without a new case: only a reader that sleeps gets there.
  static let patience = 60

  struct Outcome {
    var cases = 0
    var accepted = 0
    /// Each names reader, seed and case.
    var findings: [String] = []
  }

  /// Runs the cases of one reader; after a finding it goes on behind it, up to ten findings.
  func run(_ reader: Reader, _ cases: Range<Int>) throws -> Outcome {
    let folder = try temporaryFolder()
    defer {
      for name in ["input", "progress"] { unlink(folder + "/" + name) }
      rmdir(folder)
    }
    let progress = folder + "/progress"
    var outcome = Outcome()
    var next = cases.lowerBound
    while next < cases.upperBound, outcome.findings.count < 10 {
      try Progress(index: next, accepted: 0).writeFile(progress)
      let ending = try work(reader, next..<cases.upperBound, folder: folder, progress: progress)
      let reached = try Progress.read(progress)
      outcome.accepted += reached.accepted
      guard let ending else {
        outcome.cases += cases.upperBound - next
        break
      }
      outcome.cases += reached.index - next + 1
      outcome.findings.append("\(reader.name): seed \(seed), case \(reached.index): \(ending)")
      next = reached.index + 1
    }
    return outcome
  }

  /// Runs one worker; how it ended, or nil if all went well.
  private func work(_ reader: Reader, _ cases: Range<Int>, folder: String, progress: String) throws -> String? {
    let pid = try startSelf([
      "work", reader.name, "--corpus", corpus, "--seed", "\(seed)", "--from", "\(cases.lowerBound)", "--to",
      "\(cases.upperBound)", "--milliseconds", "\(limits.milliseconds)", "--memory", "\(limits.memory)", "--folder",
      folder,
    ])
    var last = -1
    var waited = 0
    var status: Int32 = 0
    while true {
      let ended = waitpid(pid, &status, WNOHANG)
      if ended == pid { break }
      guard ended == 0 || errno == EINTR else { throw SystemError("wait for", "worker") }
      usleep(10_000)
      waited += 10
      let index = try Progress.read(progress).index
      if index != last { (last, waited) = (index, 0) }
      if waited > Self.patience * 1000 { kill(pid, SIGKILL) }
    }
    return Self.ending(status, limits)
  }

  private static func ending(_ status: Int32, _ limits: Limits) -> String? {
    let signal = status & 0x7F
    switch signal {
    case 0: return status >> 8 & 0xFF == 0 ? nil : "the worker failed (see above)"
    case SIGPROF: return "more than \(limits.milliseconds) ms of processor time"
    case SIGKILL: return "no end within \(patience) s"
    default:
      return "ended by signal \(signal) (\(String(cString: strsignal(signal)))), a trap or out of \(limits.memory) MiB"
    }
  }
}

extension Progress {
  func writeFile(_ path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw SystemError("create", path) }
    defer { close(file) }
    try write(to: file)
  }
}
