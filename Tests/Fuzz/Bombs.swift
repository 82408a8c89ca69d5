import ArgumentParser
import Glibc
import ZooArchive
import ZooMutation

/// Inputs as costly as a reader's limits allow, or made to be out of all proportion to their size.
struct BombInput {
  let reader: Reader
  let name: String
  /// Given the folder of the corpora.
  let bytes: @Sendable (_ corpus: String) throws -> [UInt8]

  init(reader: Reader, name: String, _ bytes: @escaping @Sendable () -> [UInt8]) {
    self.init(reader, name) { _ in bytes() }
  }

  init(_ reader: Reader, _ name: String, _ bytes: @escaping @Sendable (String) throws -> [UInt8]) {
    self.reader = reader
    self.name = name
    self.bytes = bytes
  }

  static let all: [BombInput] = json + yaml + images

  /// Parsing alone: `Reader.json` also writes the value and reads it again, twice.
  private static let parsed = Reader(name: "json", format: TextFormat.json) { input in
    _ = try JSONValue(parsing: input.bytes, file: "x")
  }

  private static let images: [BombInput] = [
    BombInput(.png, "texts that inflate") { corpus in
      // A chunk of 16 KiB that inflates to 16 MiB, a hundred times, before the image's data.
      let file = try readFile(corpus + "/bombs/text.png")
      let data = places(of: Array("IDAT".utf8), in: file)[0] - 4
      let text = file[33..<data]
      return Array(file[..<33]) + (0..<100).flatMap { _ in text } + file[data...]
    },
    BombInput(.jpeg, "many scans") { corpus in
      var file = try readFile(corpus + "/jpeg/progressive.jpg")
      // 5000 x 4000 pixels, of which only the first few are there.
      let frame = places(of: [0xFF, 0xC2], in: file)[0]
      put(4000, 2, at: frame + 5, &file, bigEndian: true)
      put(5000, 2, at: frame + 7, &file, bigEndian: true)
      let scan = places(of: [0xFF, 0xDA], in: file)[0]
      let next = places(of: [0xFF, 0xC4], in: file).first { $0 > scan } ?? file.count
      let refinement: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0x10]
      return Array(file[..<next]) + (0..<480).flatMap { _ in refinement } + file[next...]
        + [UInt8](repeating: 0, count: 10_000)
    },
    BombInput(.jpeg, "large and empty") { corpus in
      var file = try readFile(corpus + "/jpeg/grey.jpg")
      let frame = places(of: [0xFF, 0xC0], in: file)[0]
      put(4000, 2, at: frame + 5, &file, bigEndian: true)
      put(5000, 2, at: frame + 7, &file, bigEndian: true)
      return file + [UInt8](repeating: 0, count: 10_000)
    },
  ]

  private static func repeated(_ text: String, _ count: Int) -> [UInt8] {
    Array(repeatElement(Array(text.utf8), count: count).joined())
  }

  private static let json: [BombInput] = [
    BombInput(reader: parsed, name: "objects") {
      Array("[".utf8) + repeated("{\"a\":{\"b\":1}},", 900_000) + Array("1]".utf8)
    },
    BombInput(reader: parsed, name: "nested objects") {
      Array("[".utf8)
        + repeated(String(repeating: "{\"\":", count: 60) + "1" + String(repeating: "}", count: 60) + ",", 32_000)
        + Array("1]".utf8)
    },
    BombInput(reader: parsed, name: "empty arrays") { Array("[".utf8) + repeated("[],", 1_900_000) + Array("1]".utf8) },
    BombInput(reader: parsed, name: "long string") { Array("\"".utf8) + repeated("a", 60_000_000) + Array("\"".utf8) },
    BombInput(reader: parsed, name: "escapes") { Array("\"".utf8) + repeated("\\u00e9", 8_000_000) + Array("\"".utf8) },
    BombInput(reader: parsed, name: "marks in keys") {
      Array("{\"".utf8) + repeated("\u{301}\u{323}", 100_000) + Array("\":1,\"".utf8)
        + repeated("\u{301}\u{323}", 100_000)
        + Array("a\":1}".utf8)
    },
    BombInput(reader: parsed, name: "long number") { repeated("9", 20_000_000) },
    BombInput(reader: .manifest, name: "marks in a role") {
      Array("{\"schema\":\"".utf8) + repeated("\u{301}\u{323}", 100_000) + Array("\"}".utf8)
    },
  ]

  private static let yaml: [BombInput] = [
    BombInput(reader: .yaml, name: "tag directives behind other breaks") {
      Array("#\u{85}".utf8) + (0..<100_000).flatMap { Array("%TAG !a\($0)! x\u{2028}".utf8) } + Array("--- a\n".utf8)
    },
    BombInput(reader: .recipe, name: "escaped marks in a value") {
      Array("engine: \"".utf8) + repeated("\\u0301\\u0323", 70_000)
        + Array("\"\nmodel: x\ntasks: {a: {train: {path: x, format: folder}}}\ntrain: {steps: 1}\n".utf8)
    },
    BombInput(reader: .yaml, name: "tag directives") {
      (0..<200_000).flatMap { Array("%TAG !a\($0)! x\n".utf8) } + Array("--- a\n".utf8)
    },
    BombInput(reader: .yaml, name: "list") { Array("[".utf8) + repeated("a,", 990_000) + Array("]".utf8) },
    BombInput(reader: .yaml, name: "empty lists") { Array("[".utf8) + repeated("[],", 990_000) + Array("]".utf8) },
    BombInput(reader: .yaml, name: "mappings") { Array("[".utf8) + repeated("{a: b},", 330_000) + Array("]".utf8) },
    BombInput(reader: .yaml, name: "keys") { (0..<400_000).flatMap { Array("k\($0): 1\n".utf8) } },
    BombInput(reader: .yaml, name: "block list") { repeated("- a\n", 990_000) },
    BombInput(reader: .yaml, name: "flow depth") { repeated("[", 1_000_000) },
    BombInput(reader: .yaml, name: "block depth") { repeated("- ", 1_000_000) },
    BombInput(reader: .yaml, name: "question marks") { repeated("? ", 1_000_000) },
    BombInput(reader: .yaml, name: "long scalar") { Array("a: ".utf8) + repeated("word ", 3_000_000) },
    BombInput(reader: .yaml, name: "folded lines") { Array("a: ".utf8) + repeated("word\n ", 2_500_000) },
    BombInput(reader: .yaml, name: "marks in a key") { repeated("\u{301}\u{323}", 60) + Array(": 1".utf8) },
    BombInput(reader: .recipe, name: "marks in a value") {
      Array("model: x\nengine: ".utf8) + repeated("\u{301}\u{323}", 100_000)
    },
    BombInput(reader: .yaml, name: "comment") { Array("#".utf8) + repeated("x", 15_000_000) },
    BombInput(reader: .yaml, name: "blank lines") { repeated("\n", 15_000_000) + Array("[".utf8) },
    BombInput(reader: .yaml, name: "quoted breaks") {
      Array("\"".utf8) + repeated("\\\n", 7_000_000) + Array("\"".utf8)
    },
  ]
}

extension ZooFuzz {
  struct Bomb: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the costly inputs, each in a process of its own.")
    @OptionGroup var choices: Choices
    @Option(help: "This one only, in this process.")
    var only: Int?

    func run() throws {
      if let only { return try runOne(only) }
      var findings = 0
      for (index, bomb) in BombInput.all.enumerated() {
        let started = ContinuousClock.now
        let ending = try runSelf([
          "bomb", "--only", "\(index)", "--corpus", choices.corpus, "--memory", "\(choices.memory)", "--milliseconds",
          "\(choices.milliseconds)",
        ])
        print(
          "\(bomb.reader.name): \(bomb.name): \(ending == 0 ? "ok" : "FINDING, status \(ending)") \(ContinuousClock.now - started)"
        )
        if ending != 0 { findings += 1 }
      }
      if findings > 0 { throw ExitCode.failure }
    }

    private func runOne(_ index: Int) throws {
      guard BombInput.all.indices.contains(index) else { throw ValidationError("no bomb \(index)") }
      let bomb = BombInput.all[index]
      let folder = try temporaryFolder()
      defer {
        unlink(folder + "/input")
        rmdir(folder)
      }
      let input = Input(bytes: try bomb.bytes(choices.corpus), folder: folder)
      choices.limits.apply()
      choices.limits.restartClock()
      print(try bomb.reader.run(input) ? "  read" : "  refused")
      var usage = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      print("  peak", usage.ru_maxrss / 1024, "MiB")
    }
  }
}
