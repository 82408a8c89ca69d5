import Testing
import ZooRecipe

private func value(_ text: String) throws -> YAMLNode {
  try #require(try YAMLNode.parse(Array("[\(text)]".utf8), name: "x")?.items?.first)
}

@Suite("Scalars by YAML 1.2")
struct ScalarTests {
  @Test(arguments: [
    "yes", "no", "on", "off", "y", "0x10", "0o7", "1_000", "1e", ".", "-", "+", "e3", ".inf", "1.2.3", "'1'",
    "\"true\"", "''", "tRue",
  ])
  func isText(_ text: String) throws {
    let node = try value(text)
    #expect(node.textValue == text.filter { $0 != "'" && $0 != "\"" })
    #expect(node.intValue == nil && node.doubleValue == nil && node.boolValue == nil && !node.isNull)
  }

  @Test(arguments: [
    ("1e-3", 0.001), ("3e-3", 0.003), ("1E5", 1e5), (".5", 0.5), ("-.5e1", -5), ("+1.", 1), ("7", 7),
    ("0.1", 0.1), ("1e-300", 1e-300),
  ])
  func isNumber(_ text: String, _ number: Double) throws {
    #expect(try value(text).doubleValue == number)
  }

  @Test(arguments: [("0", 0), ("-12", -12), ("+3", 3), ("007", 7), ("9223372036854775807", Int.max)])
  func isInteger(_ text: String, _ number: Int) throws {
    #expect(try value(text).intValue == number)
  }

  @Test(arguments: ["1.0", "1e3", "9223372036854775808"]) func isNoInteger(_ text: String) throws {
    #expect(try value(text).intValue == nil)
    #expect(try value(text).doubleValue != nil)
  }

  @Test func infiniteNumbersAreNone() throws {
    #expect(try value("1e999").doubleValue == nil)
  }

  @Test func nullAndTruth() throws {
    for text in ["~", "null", "Null", "NULL"] { #expect(try value(text).isNull) }
    for text in ["true", "True", "TRUE"] { #expect(try value(text).boolValue == true) }
    for text in ["false", "False", "FALSE"] { #expect(try value(text).boolValue == false) }
  }
}

@Suite("Did you mean")
struct SuggestionTests {
  @Test(arguments: [
    ("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("rate", "rates", 1),
    ("é", "e", 1),
  ])
  func distance(_ a: String, _ b: String, _ distance: Int) {
    #expect(editDistance(a, b) == distance)
    #expect(editDistance(b, a) == distance)
  }

  @Test func onlyWhatIsClose() {
    let known = ["steps", "epochs", "batch", "rate", "clip-norm"]
    #expect(suggestion(for: "stpes", among: known) == "steps")
    #expect(suggestion(for: "clip_norm", among: known) == "clip-norm")
    #expect(suggestion(for: "Batch", among: known) == "batch")
    #expect(suggestion(for: "learning-rate", among: known) == "rate")
    #expect(suggestion(for: "colour", among: known) == nil)
    #expect(suggestion(for: "x", among: ["y"]) == nil)
    #expect(suggestion(for: String(repeating: "a", count: 100_000), among: known) == nil)
  }
}
