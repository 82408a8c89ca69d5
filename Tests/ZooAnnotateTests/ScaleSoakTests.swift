import FoundationEssentials
import Glibc
import Testing
import ZooAnnotate
import ZooArchive
import ZooData
import ZooRecipe

private let recipe = """
  input: {format: jsonl, path: 'records-*.jsonl'}
  signals: {title: {trust: 0.8}, tags: {trust: 0.6}}
  text: {words: 3}
  dictionary: {records: 20, terms: 20000}
  counting: {candidates: 50000, columns: 1048576, pairs-in-memory: 1000000, least-pairs: 5}
  clusters: {method: none, head-records: 100}
  split: {held-out: 0.01}

  """

/// Writes records of words by Zipf's law, two of which belong together; a line takes about 90 bytes.
private func write(_ count: Int, to desk: Desk) throws {
  var random = CounterRandom(seed: 5)
  var block: [UInt8] = []
  let file = try AtomicFile("\(desk.path)/records-0.jsonl")
  for index in 0..<count {
    block += Array("{\"image\":\"\(index)\",\"title\":\"".utf8)
    for place in 0..<4 {
      let rank = Int(1 / (random.uniform() * 0.2 + 0.00002))
      block += Array("\(place > 0 ? " " : "")w\(rank)x\(place == 3 ? " y\(rank)z" : "")".utf8)
    }
    block += Array("\",\"tags\":[\"w\(Int(1 / (random.uniform() * 0.2 + 0.00002)))x\"]}\n".utf8)
    if block.count > 1 << 20 {
      try file.write(block)
      block.removeAll(keepingCapacity: true)
    }
  }
  try file.write(block)
  try file.commit()
}

/// The most memory that this process has had, in MiB.
private func peakMemory() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
  return try #require(Int(line.split(separator: " ")[1])) / 1024
}

@Suite("Scale")
struct ScaleTests {
  @Test func aHundredThousandRecords() throws {
    let desk = try Desk()
    try write(100_000, to: desk)
    let done = try desk.annotate(recipe)
    #expect(done.report.records == 100_000)
    #expect(done.report.labels.count > 100)
    #expect(done.report.images > 50_000)
  }
}

@Suite("Scale", .enabled(if: ProcessInfo.processInfo.environment["ZOO_SOAK"] != nil))
struct ScaleSoakTests {
  /// Ten million: what memory takes does not grow with them, but for a bit each.
  @Test func tenMillionRecordsInBoundedMemory() throws {
    let desk = try Desk()
    try write(10_000_000, to: desk)
    let clock = ContinuousClock()
    let start = clock.now
    let done = try desk.annotate(recipe)
    print("10 million records in \(clock.now - start), at most \(try peakMemory()) MiB")
    #expect(done.report.records == 10_000_000)
    #expect(try peakMemory() < 2048)
    try desk.annotate(recipe, shards: 8, to: "shards.tar")
    #expect(try Digest.sha256(file: "\(desk.path)/out.tar") == Digest.sha256(file: "\(desk.path)/shards.tar"))
  }
}
