import Testing
import ZooArchive

@Suite struct JSONTests {
  private func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: text, file: "a.json") }

  @Test func readsEveryKind() throws {
    let value = try read(
      #" {"a": [1, -2, 1.5, 1e3, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00/"}} "#)
    #expect(value["a"] == [1, -2, 1.5, 1000.0, true, false, nil])
    #expect(value["b"]?["c"]?.string == "x\né😀/")
    #expect(value["a"]?[1]?.int == -2)
    #expect(value["a"]?[3]?.number == 1000)
    #expect(value["a"]?[7] == nil)
    #expect(value["missing"] == nil)
  }

  @Test func wholeNumbersBeyondInt64AreDoubles() throws {
    #expect(try read("9223372036854775807") == .int(.max))
    #expect(try read("9223372036854775808") == .double(0x1p63))
    #expect(try read("-0") == .double(-0.0))
  }

  @Test func writesInTheGivenOrder() {
    let value: JSONValue = ["step": 3, "loss": 0.1, "lr": 1e-5, "a": ["x", nil, true], "e": [:], "s": [2, 3]]
    #expect(
      value.compact() == #"{"step":3,"loss":0.1,"lr":1e-05,"a":["x",null,true],"e":{},"s":[2,3]}"#)
    #expect(
      value.pretty() == """
        {
          "step": 3,
          "loss": 0.1,
          "lr": 1e-05,
          "a": [
            "x",
            null,
            true
          ],
          "e": {},
          "s": [2, 3]
        }

        """)
  }

  @Test func doublesReadBackExactly() throws {
    for number in [
      0.1, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -2.5, 1e16, 123456789.125,
    ] {
      #expect(try read(JSONValue.double(number).compact()).number == number)
    }
    #expect(JSONValue.double(.nan).compact() == "null")
    #expect(JSONValue.double(-.infinity).compact() == "null")
  }

  @Test func stringsReadBackExactly() throws {
    let text = "\u{0}\u{1F}\"\\/\n\r\t\u{7F}é😀\u{2028}"
    #expect(try read(JSONValue.string(text).compact()) == .string(text))
  }

  @Test func objectsKeepOrderWhenChanged() {
    var object: JSONObject = ["a": 1, "b": 2, "c": 3]
    object["a"] = 9
    object["b"] = nil
    object["d"] = 4
    #expect(JSONValue.object(object).compact() == #"{"a":9,"c":3,"d":4}"#)
    #expect(object["c"] == 3)
  }

  @Test(arguments: [
    ("", "a.json: line 1, column 1: the text ends too early"),
    ("{", "a.json: line 1, column 2: the text ends too early"),
    ("[1,]", "a.json: line 1, column 4: expected a value, found ']'"),
    ("{\"a\":1,}", "a.json: line 1, column 8: expected a key in quotes, found '}'"),
    ("{\n  \"a\" 1}", "a.json: line 2, column 7: expected ':', found '1'"),
    ("{\"a\":1 \"b\":2}", "a.json: line 1, column 8: expected ',' or '}', found '\"'"),
    ("{\"a\":1,\n \"a\":2}", "a.json: line 2, column 2: the key \"a\" occurs twice"),
    ("{\"a\":1,\"\\u0061\":2}", "a.json: line 1, column 8: the key \"a\" occurs twice"),
    ("1 2", "a.json: line 1, column 3: text follows the end of the value"),
    ("01", "a.json: line 1, column 3: invalid number"),
    ("1.", "a.json: line 1, column 3: invalid number"),
    ("-", "a.json: line 1, column 2: invalid number"),
    ("1e999", "a.json: line 1, column 6: number out of range"),
    ("NaN", "a.json: line 1, column 1: expected a value, found 'N'"),
    ("tru", "a.json: line 1, column 1: expected a value, found 't'"),
    ("\"a\nb\"", "a.json: line 1, column 3: control character in a string; write it as an escape"),
    ("\"\\x\"", "a.json: line 1, column 4: invalid escape in a string"),
    ("\"\\ud800\"", "a.json: line 1, column 8: half of a surrogate pair in a string"),
    ("\"\\udc00\"", "a.json: line 1, column 8: half of a surrogate pair in a string"),
    ("\u{FEFF}1", "a.json: line 1, column 1: expected a value, found byte 0xef"),
  ])
  func refuses(_ text: String, _ expected: String) {
    #expect(message { _ = try read(text) } == expected)
  }

  @Test func refusesInvalidUTF8() {
    #expect(
      message { _ = try JSONValue(parsing: [0x22, 0xC3, 0x28, 0x22], file: "a.json") }
        == "a.json: line 1, column 4: invalid UTF-8 in a string")
  }

  @Test func keepsItsLimits() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(message { _ = try read(deep) } == "a.json: line 1, column 65: nested more than 64 deep")
    #expect(
      message { _ = try JSONValue(parsing: "[1,2,3]", file: "a.json", limits: JSONLimits(values: 3)) }
        == "a.json: line 1, column 6: more than 3 values")
    #expect(
      message { _ = try JSONValue(parsing: "[1,2,3]", file: "a.json", limits: JSONLimits(bytes: 3)) }
        == "a.json: line 1, column 1: 7 bytes of JSON, the limit is 3")
  }
}
