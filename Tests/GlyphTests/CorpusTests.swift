import FoundationEssentials
import Testing
import ZooArchive

@Suite struct CorpusTests {
  private func make(_ arguments: [String], _ body: (String) throws -> Void) throws {
    let folder = try Command.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Command.run(["corpus"] + arguments + ["-o", folder])
    #expect(result.message == "")
    try #require(result.code == 0)
    try body(folder)
  }

  private func lines(_ path: String) throws -> [JSONObject] {
    try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self).split(separator: "\n").map {
      guard case .object(let object) = try JSONValue(parsing: Array($0.utf8), file: path) else {
        throw Command.Failure(what: "\($0)")
      }
      return object
    }
  }

  private func text(_ value: JSONValue?) -> String {
    if case .string(let text) = value { text } else { "" }
  }

  private func number(_ value: JSONValue?) -> Double {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number
    default: .nan
    }
  }

  @Test func aRecordIsAFunctionOfItsNumber() throws {
    var files: [[UInt8]] = []
    for (count, shards) in [("600", "1"), ("600", "7"), ("200", "1")] {
      try make(["--count", count, "--seed", "5", "--text-only", "--shards", shards]) { folder in
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix("records-") }
        #expect(names.count == Int(shards))
        files.append(try names.sorted().flatMap { [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + $0))) })
      }
    }
    #expect(files[0] == files[1])
    #expect(files[0].starts(with: files[2]))
    #expect(files[0].count > files[2].count)
  }

  @Test func theShareOfWrongWordsIsWhatWasAskedFor() throws {
    for (noise, expected) in [("0.3", 0.29...0.31), ("0", 0.0...0.0)] {
      try make(["--count", "3000", "--text-only", "--noise", noise]) { folder in
        let summary = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(filePath: folder + "/summary.json"))), file: "")
        guard case .object(let object) = summary else { throw Command.Failure(what: "no summary") }
        #expect(expected.contains(number(object["wrong-share"])))
      }
    }
  }

  @Test func withoutNoiseEveryMentionIsInTheDictionaryAndTrue() throws {
    try make(["--count", "300", "--text-only", "--noise", "0", "--typos", "0"]) { folder in
      var terms: [String: [String]] = [:]
      for line in try lines(folder + "/dictionary.jsonl") {
        terms[text(line["canonical"]), default: []].append(text(line["term"]).lowercased())
      }
      let truth = try lines(folder + "/truth.jsonl")
      let records = try lines(folder + "/records-00000.jsonl")
      #expect(truth.count == 300 && records.count == 300)
      let species = Set(
        try lines(folder + "/concepts.jsonl").filter { text($0["kind"]) == "species" }.map { text($0["label"]) })
      #expect(species.count == 648)
      var mentioned = 0
      for (record, truth) in zip(records, truth) {
        #expect(record["key"] == truth["key"])
        guard case .array(let labels) = truth["labels"] else { throw Command.Failure(what: "no labels") }
        let said = JSONValue.object(record).compact().lowercased()
        let own = terms[text(labels[0])] ?? []
        if own.contains(where: said.contains) { mentioned += 1 }
        let others = species.subtracting(labels.map(text))
        let words = Set(said.split { !$0.isLetter }.map(String.init))
        #expect(words.isDisjoint(with: others))
      }
      #expect(mentioned > 270)
    }
  }

  @Test func duplicatesComeAfterWhatTheyRepeat() throws {
    try make(["--count", "400", "--duplicates", "0.5"]) { folder in
      var originals = 0
      for (index, line) in try lines(folder + "/truth.jsonl").enumerated() {
        let original = try #require(Int(text(line["original"])))
        #expect(original <= index)
        if original == index { originals += 1 }
      }
      #expect((150...250).contains(originals))
      let tar = try TarReader(folder + "/records-00000.tar")
      #expect(tar.members.count == 800)
    }
  }

  @Test func theTailIsLong() throws {
    try make(["--count", "5000", "--text-only"]) { folder in
      let concepts = try lines(folder + "/concepts.jsonl")
      let letters = concepts.filter { text($0["kind"]) == "letter" }.map { number($0["images"]) }
      let species = concepts.filter { text($0["kind"]) == "species" }
      let rare = species.map { number($0["images"]) }
      #expect((letters.min() ?? 0) > (rare.max() ?? 0) * 0.7)
      #expect((2000.0...3600.0).contains(rare.reduce(0, +)))
      #expect(Set(species.map { text($0["family"]) }).count == 18)
    }
  }

  @Test(arguments: [
    (["--count", "5", "--noise", "0.7", "-o", "x"], "--noise: '0.7' is not a number from 0.0 to 0.6\n"),
    (["--count", "5", "--species", "9000", "-o", "x"], "--species: there are looks for at most 864\n"),
    (["--count", "5", "-o", "-"], "-o -: standard output takes records alone: give --text-only and --no-truth\n"),
    (["--count", "0", "-o", "x"], "--count: '0' is not a whole number from 1 to 999999999999\n"),
  ])
  func aMistakeIsNamed(arguments: [String], message: String) throws {
    let result = try Command.run(["corpus"] + arguments)
    #expect(result.code == 2)
    #expect(result.message == "zoo-glyphs: error: " + message)
  }
}
