import Testing
import ZooAnnotate
import ZooArchive
import ZooRecipe

private let recipe = """
  input: {format: jsonl, path: records.jsonl, record-bytes: 512}
  signals: {title: }
  dictionary: {file: terms.csv}
  clusters: {method: none, head-records: 1}
  scores: {threshold: 0}
  split: {held-out: 0}

  """

/// Line 1 is sound, 2 to 10 are not, 11 is, though odd.
private let hostile: [[UInt8]] = [
  Array(#"{"image": "good.jpg", "title": "red"}"#.utf8),
  Array(#"{"image": "a.jpg", "title": ""#.utf8) + [0xFF, 0xC3] + Array(#""}"#.utf8),
  Array(#"{"image": "a.jpg", "title": 7}"#.utf8),
  Array(#"{"image": "a.jpg", "title": {"x": 1}}"#.utf8),
  Array(#"{"image": 1.5, "title": "red"}"#.utf8),
  Array(#"{"title": "red"}"#.utf8),
  Array(#"{"image": "a.jpg", "title": ""#.utf8) + [UInt8](repeating: 0x61, count: 600) + Array(#""}"#.utf8),
  Array("{\"image\": \"a.jpg\", \"title\": \"r\u{0}d\"}".utf8),
  Array(#"["a.jpg", "red"]"#.utf8),
  Array(#"{"image": "a.jpg", "title": "red", "title": "blue"}"#.utf8),
  Array(#"{"image": "odd.jpg", "title": ["red", null, "\u0000"], "other": [1, {"deep": [true]}]}"#.utf8),
  Array(#"{"image": "last.jpg", "title": "\u0072ed\u0000"}"#.utf8),
]

@Suite("Hostile records")
struct HostileRecordTests {
  private func desk(_ lines: [[UInt8]] = hostile) throws -> Desk {
    let desk = try Desk()
    try desk.write("terms.csv", "term\nred\n")
    try desk.write("records.jsonl", Array(lines.joined(separator: [0x0A])))
    return desk
  }

  @Test func theyAreNamedAndPassedOver() throws {
    let desk = try desk()
    let done = try desk.annotate(recipe)
    #expect(try done.labels() == ["good.jpg": ["red"], "last.jpg": ["red"]])
    #expect(done.report.records == 2)
    #expect(done.report.broken == 10)
    let said = done.report.brokenRecords.map { $0.replacing("\(desk.path)/", with: "") }
    #expect(
      said == [
        "records.jsonl:2: invalid UTF-8 in a string, at byte 32",
        "records.jsonl:3: 'title' is a number; it must be text",
        "records.jsonl:4: 'title' is an object; it must be text",
        "records.jsonl:5: 'image' is a number; it must be text",
        "records.jsonl:6: 'image' is missing or empty; it must be the image's path",
        "records.jsonl:7: the record is longer than 512 bytes (input.record-bytes)",
        "records.jsonl:8: control character in a string; write it as an escape, at byte 31",
        "records.jsonl:9: a line must hold one JSON object",
        "records.jsonl:10: the key \"title\" occurs twice, at byte 36",
        "records.jsonl:11: 'title' is a list with null; it must be text",
      ])
  }

  @Test func theFirstEndsTheRunWhereThatIsAskedFor() throws {
    let desk = try desk()
    let error = #expect(throws: AnnotateError.self) { try desk.annotate(recipe, ["input.broken=error"]) }
    #expect("\(try #require(error))".hasSuffix("records.jsonl:2: invalid UTF-8 in a string, at byte 32"))
    #expect(!desk.exists("out.tar"))
  }

  @Test func aQuoteThatIsNeverClosedDoesNotSwallowTheTable() throws {
    let desk = try desk()
    let rest = (0..<40).map { "\($0).jpg,red thing number \($0)\n" }.joined()
    try desk.write("records.csv", "image,title\n\"never.jpg,red\n" + rest + "short\n")
    let done = try desk.annotate(recipe, ["input.format=csv", "input.path=records.csv"])
    let said = done.report.brokenRecords.map { $0.replacing("\(desk.path)/", with: "") }
    #expect(said.first == "records.csv:2: the record is longer than 512 bytes (input.record-bytes)")
    #expect(said.last == "records.csv:43: 1 fields where the header has 2")
    #expect(try done.labels().count > 15)
  }

  @Test func brokenSamplesOfShardsAreNamed() throws {
    let desk = try desk()
    let tar = try TarWriter("\(desk.path)/s-0.tar")
    try tar.add("a.jpg", bytes: [1])
    try tar.add("a.json", bytes: Array("{".utf8))
    try tar.add("b.json", bytes: Array(#"{"title": "red"}"#.utf8))
    try tar.add("c.jpg", bytes: [1])
    try tar.add("c.json", bytes: Array(#"{"title": "red"}"#.utf8))
    try tar.finish()
    let done = try desk.annotate(recipe, ["input.format=webdataset", "input.path=s-0.tar"])
    #expect(try done.labels() == ["c.jpg": ["red"]])
    #expect(done.report.brokenRecords.count == 2)
    #expect(done.report.brokenRecords.first?.contains("s-0.tar/a: ") == true)
    #expect(done.report.brokenRecords.last?.hasSuffix("s-0.tar/b: no image beside the text") == true)
  }

  @Test func compressedFilesAreSaidToBe() throws {
    let desk = try desk([[0x1F, 0x8B, 8, 0]])
    let error = #expect(throws: AnnotateError.self) { try desk.annotate(recipe) }
    #expect("\(try #require(error))".hasSuffix("records.jsonl: is compressed by gzip; decompress it first"))
  }
}
