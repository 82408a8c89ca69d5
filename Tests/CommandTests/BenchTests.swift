import Testing
import ZooArchive

/// Every option of `zoo bench`, on a model that takes no time.
@Suite("Bench")
struct BenchTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.furnish()
    return shop
  }

  private func bench(_ shop: Workshop, _ arguments: String...) throws -> JSONValue {
    let outcome = try shop.zoo(
      ["bench", "tiny.tar", "--classes", "3", "--repeats", "2", "--threads", "2", "--json"] + arguments)
    try #require(outcome.code == 0, "\(outcome.errors)")
    return try JSONValue(parsing: outcome.output, file: "bench")
  }

  @Test func keysOfOneMeasurement() throws {
    let result = try bench(try shop(), "--batch", "4")
    #expect(
      result.object?.keys == [
        "model", "training", "batch", "engine", "precision", "threads", "images_per_second", "deterministic",
        "usual_seconds", "seconds", "flops", "flops_per_second", "matrix_peak", "share_of_peak", "arena_bytes",
        "live_bytes", "state_bytes", "peak_bytes", "operations", "instructions",
      ])
    #expect(result["model"]?.string == "tiny.tar")
    #expect(result["training"] == .bool(false))
    #expect(result["batch"]?.int == 4)
    #expect(result["threads"]?.int == 2)
    #expect(result["precision"]?.string == "f32")
    let seconds = try #require(result["seconds"]?.array).compactMap(\.number)
    #expect(seconds.count == 2)
    let best = try #require(seconds.min())
    let speed = try #require(result["images_per_second"]?.number)
    #expect(abs(speed * best / 4 - 1) < 1e-9)
    let flops = try #require(result["flops"]?.number)
    #expect(abs(try #require(result["flops_per_second"]?.number) * best / flops - 1) < 1e-9)
    for absent in ["usual_seconds", "matrix_peak", "share_of_peak"] { #expect(result[absent] == .null) }

    // By kind of operation as one by one.
    let (operations, instructions) = (result["operations"]?.array ?? [], result["instructions"]?.array ?? [])
    #expect(operations.first?.object?.keys == ["operation", "implementation", "calls", "seconds", "flops"])
    #expect(instructions.first?.object?.keys == ["operation", "implementation", "seconds", "flops"])
    #expect(operations.compactMap { $0["calls"]?.int }.reduce(0, +) == Int64(instructions.count))
    for items in [operations, instructions] { #expect(items.compactMap { $0["flops"]?.number }.reduce(0, +) == flops) }
  }

  @Test func batchesAndPrecisionsOneAfterTheOther() throws {
    let shop = try shop()
    let runs = try #require(try bench(shop, "--batch", "1,3", "--precision", "f32,auto")["runs"]?.array)
    #expect(runs.map { $0["batch"]?.int } == [1, 3, 1, 3])
    #expect(runs.prefix(2).allSatisfy { $0["precision"]?.string == "f32" })
    // Operations are in proportion to images, the weights are the same.
    #expect(runs.map { ($0["flops"]?.number ?? 0) / ($0["batch"]?.number ?? 1) }.allSatisfy { $0 == runs[0]["flops"]?.number })
    #expect(Set(runs.compactMap { $0["state_bytes"]?.int }).count == 1)

    let text = try shop.done("bench", "tiny.tar", "--classes", "3", "--batch", "1,3", "--repeats", "1")
    #expect(text.split(separator: "\n").count == 2)
    #expect(text.contains("tiny.tar forward f32, batch 1, "))
    #expect(text.contains("tiny.tar forward f32, batch 3, "))
    #expect(try shop.refused(2, "bench", "tiny.tar", "--batch", "1,x").contains("--batch"))
    #expect(try shop.refused(2, "bench", "tiny.tar", "--batch", "0,1").contains("numbers must be at least 1"))
    #expect(
      try shop.refused(2, "bench", "tiny.tar", "--batch", "1,2", "--trace", "t.json").contains(
        "--trace takes one batch and one precision"))
  }

  @Test func theMatrixPeak() throws {
    let result = try bench(try shop(), "--batch", "2", "--peak")
    let (peak, speed) = (try #require(result["matrix_peak"]?.number), try #require(result["flops_per_second"]?.number))
    #expect(peak > 0)
    #expect(abs(try #require(result["share_of_peak"]?.number) * peak / speed - 1) < 1e-9)
  }

  @Test func whatDeterminismCosts() throws {
    let shop = try shop()
    let result = try bench(shop, "--train", "--deterministic")
    #expect(result["deterministic"] == .bool(true))
    #expect(try #require(result["usual_seconds"]?.number) > 0)
    let text = try shop.done("bench", "tiny.tar", "--classes", "3", "--train", "--deterministic", "--repeats", "1")
    #expect(text.contains("training step, the same for any number of threads f32"))
    #expect(text.contains(" times the usual time, "))
  }

  /// Repeated operations are listed, and count for nothing in the speed.
  @Test func recomputing() throws {
    let shop = try shop()
    func names(_ result: JSONValue) -> [String] { (result["instructions"]?.array ?? []).compactMap { $0["operation"]?.string } }
    let none = try bench(shop, "--train", "--recompute", "none")
    let blocks = try bench(shop, "--train", "--recompute", "blocks")
    #expect(none["training"] == .bool(true))
    #expect(!names(none).contains { $0.hasSuffix(" (again)") })
    #expect(names(blocks).contains { $0.hasSuffix(" (again)") })
    #expect(none["flops"] == blocks["flops"])
  }

  @Test func operationsAreListed() throws {
    let text = try shop().done("bench", "tiny.tar", "--classes", "3", "--operations", "--repeats", "1", "--threads", "1")
    #expect(text.split(separator: "\n").dropFirst().contains { $0.hasPrefix("  linear") && $0.contains("GFLOP/s") })
  }

  /// Every instruction is on the line of the thread that calls it; what the engine splits is on those of its threads too,
  /// within the instruction's time.
  @Test(arguments: [[], ["--train"]])
  func aTraceHasALineForEachThread(_ more: [String]) throws {
    let shop = try shop()
    let outcome = try shop.zoo(
      ["bench", "tiny.tar", "--classes", "3", "--batch", "64", "--repeats", "1", "--threads", "2", "--engine", "openblas"]
        + ["--json", "--trace", "trace.json"] + more)
    try #require(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors == "wrote trace.json\n")
    let instructions = try #require(try JSONValue(parsing: outcome.output, file: "bench")["instructions"]?.array)
    let events = try #require(try JSONValue(parsing: shop.text("trace.json"), file: "trace.json")["traceEvents"]?.array)
    struct Bar {
      let name: String, thread: Int64, start: Double, end: Double, threads: Int64?
      init?(_ event: JSONValue) {
        guard event["ph"]?.string == "X", let name = event["name"]?.string, let thread = event["tid"]?.int,
          let start = event["ts"]?.number, let length = event["dur"]?.number
        else { return nil }
        (self.name, self.thread, self.start, end) = (name, thread, start, start + length)
        threads = event["args"]?["threads"]?.int
      }
    }
    let bars = events.compactMap(Bar.init)
    let names = events.filter { $0["ph"]?.string == "M" }.compactMap { $0["args"]?["name"]?.string }
    #expect(names == ["thread 0 (calls operations)", "thread 1"])
    let calls = bars.filter { !$0.name.hasPrefix("share of ") }
    #expect(calls.map(\.name) == instructions.compactMap { $0["operation"]?.string })
    #expect(calls.allSatisfy { $0.thread == 0 })
    #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.end <= $1.start + 0.01 })
    for thread in [Int64(0), 1] {
      let shares = bars.filter { $0.name.hasPrefix("share of ") && $0.thread == thread }
      #expect(!shares.isEmpty, "thread \(thread)")
      for share in shares {
        let call = try #require(calls.first { $0.start - 0.01 <= share.start && share.end <= $0.end + 0.01 })
        #expect(share.name == "share of \(call.name)")
        #expect(call.threads == 2)
      }
    }
    #expect(calls.contains { $0.threads == nil })
    #expect(try shop.refused(1, "bench", "tiny.tar", "--classes", "3", "--trace", "trace.json").contains("trace.json"))
  }
}
