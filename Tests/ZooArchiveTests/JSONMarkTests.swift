import Testing
import ZooArchive

@Suite struct JSONMarkTests {
  private func refusal(_ text: String) -> String {
    message { _ = try JSONValue(parsing: text, file: "a.json") }
  }

  /// Texts compare by canonical equivalence: a hundred thousand marks would take minutes.
  @Test func longRunsOfCombiningMarksAreRefused() {
    let marks = String(repeating: "\u{301}\u{323}", count: 16)
    let problem = "more than 30 combining marks in a row in a string"
    #expect(refusal("[\"a\(marks)\"]") == "a.json: line 1, column 68: \(problem)")
    #expect(refusal("{\"\(marks)\":1}") == "a.json: line 1, column 67: \(problem)")
    let escaped = String(repeating: "\\u0301\\u0323", count: 16)
    #expect(refusal("\"\(escaped)\"") == "a.json: line 1, column 194: \(problem)")
  }

  @Test func marksAsLanguagesUseThemAreRead() throws {
    let text = "Việt, क्षि, שָׁלוֹם, e\u{301}\u{323}" + String(repeating: "\u{301}", count: 28) + "e\u{301}"
    #expect(try JSONValue(parsing: "\"\(text)\"", file: "a.json").string == text)
  }

  @Test func valuesAreCounted() {
    let many = "[" + String(repeating: "1,", count: 1_000_000) + "1]"
    #expect(refusal(many) == "a.json: line 1, column 2000000: more than 1000000 values")
  }
}
