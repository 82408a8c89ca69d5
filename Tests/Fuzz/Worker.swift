import Glibc
import ZooMutation

/// Runs cases in this process, under limits, and says in a file which one it is at.
struct Worker {
  let reader: Reader
  let corpus: [[UInt8]]
  let seed: UInt64
  let limits: Limits
  let folder: String

  /// The input of a case: every case by itself, so that any can be replayed.
  static func input(_ reader: Reader, _ corpus: [[UInt8]], seed: UInt64, index: Int) -> [UInt8] {
    // The corpus itself comes first.
    if index < corpus.count { return corpus[index] }
    var generator = Generator(seed: seed, name: reader.name, index: index)
    return reader.format.mutant(of: corpus, &generator)
  }

  /// - Parameter progress: the file that holds the number of the case at hand and how many were read.
  func run(_ cases: Range<Int>, progress: String) throws {
    let file = open(progress, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError("open", progress) }
    limits.apply()
    var accepted = 0
    let supervisor = getppid()
    for index in cases {
      // Nobody would hear of a finding any more.
      guard getppid() == supervisor else { return }
      try Progress(index: index, accepted: accepted).write(to: file)
      let input = Input(bytes: Self.input(reader, corpus, seed: seed, index: index), folder: folder)
      limits.restartClock()
      if try reader.run(input) { accepted += 1 }
    }
    try Progress(index: cases.upperBound, accepted: accepted).write(to: file)
  }
}

/// Where a worker is.
struct Progress {
  var index: Int
  var accepted: Int

  func write(to file: Int32) throws {
    var both = (Int64(index), Int64(accepted))
    guard pwrite(file, &both, 16, 0) == 16 else { throw SystemError("write", "progress") }
  }

  static func read(_ path: String) throws -> Progress {
    let bytes = try readFile(path)
    func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    guard bytes.count == 16 else { return Progress(index: 0, accepted: 0) }
    return Progress(index: number(0), accepted: number(8))
  }
}
