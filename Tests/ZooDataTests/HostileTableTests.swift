import Testing
import ZooData

/// Tables of labels from strangers.
@Suite struct HostileTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func refusal(_ name: String, _ text: String, labels: TableOptions.Columns = .automatic) throws -> String {
    try folder.add(name, Array(text.utf8))
    let format = name.hasSuffix(".csv") ? ManifestDataset.Format.csv : .jsonl
    return message {
      _ = try ManifestDataset(path: folder.path + "/" + name, format: format, options: TableOptions(labels: labels))
    }.replacing(folder.path + "/", with: "")
  }

  @Test func longRunsOfCombiningMarksAreRefused() throws {
    let marks = String(repeating: "\u{301}\u{323}", count: 16)
    let problem = "more than 30 combining marks in a row"
    #expect(try refusal("a.csv", "image,label\na.jpg,x\(marks)\n") == "a.csv:2:7: \(problem)")
    #expect(try refusal("b.csv", "image,\(marks)\n") == "b.csv:1:7: \(problem)")
    #expect(try refusal("c.jsonl", "{\"\(marks)\":1}\n").hasSuffix("\(problem) in a string"))
  }

  @Test func nothingFromATableMovesTheCursor() throws {
    let evil = "\u{1B}[2J\u{202E}"
    let messages = [
      try refusal("a.csv", "image,\(evil),\(evil)\n"), try refusal("b.csv", "\(evil),b\n1,2\n"),
      try refusal("c.csv", "image,label\na.jpg,1\nb.jpg,0.5\nc.jpg,\(evil)\n"),
    ]
    for message in messages {
      #expect(message != "no error")
      #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202E}" }, "\(message)")
    }
  }

  /// A row of a hundred thousand numbers behind as many rows without any: filled up, they would take 40 GB.
  @Test func missingVectorsAreNotFilledUpWithoutEnd() throws {
    let rows = String(repeating: "{\"image\":\"a\",\"label\":null}\n", count: 20_000)
    let wide = "[" + String(repeating: "1.5,", count: 60_000) + "1.5]"
    #expect(
      try refusal("a.jsonl", rows + "{\"image\":\"a\",\"label\":\(wide)}\n")
        == "a.jsonl:20001:14: more than 1073741824 numbers in the column")
  }

  @Test func bracesOfAPatternAreCounted() {
    let pattern = String(repeating: "{a}", count: 100_000)
    #expect(message { _ = try shardFiles(pattern) }.hasSuffix("…: more than 16 braces"))
  }
}
