import Testing
import ZooRecipe

private let mistakes = [
  Mistake(
    "duplicate key", "a: 1\nb: 2\n'a': 3\n",
    """
    recipe.yaml:3:1: duplicate key 'a'
        3 | 'a': 3
          | ^ first written at recipe.yaml:1:1; leave one of the two out
    """),
  Mistake(
    "anchor", "a: &x 1\n",
    """
    recipe.yaml:1:4: anchors are not supported ('&x')
        1 | a: &x 1
          |    ^ share values with 'extends:' instead
    """),
  Mistake(
    "alias", "a: *x\n",
    """
    recipe.yaml:1:4: aliases are not supported ('*x')
        1 | a: *x
          |    ^ write the value out, or quote the text
    """),
  Mistake(
    "tag", "a: !!int 1\n",
    """
    recipe.yaml:1:4: tags are not supported ('tag:yaml.org,2002:int')
        1 | a: !!int 1
          |    ^ quote the text if it begins with '!'
    """),
  Mistake(
    "second document", "a: 1\n---\nb: 2\n",
    """
    recipe.yaml:2:1: a second document begins here; one file holds one
        2 | ---
          | ^ remove this '---' and below
    """),
  Mistake("empty", "", "recipe.yaml: there is nothing in it; expected a mapping of keys to values"),
  Mistake(
    "comments only", "# hm\n", "recipe.yaml: there is nothing in it; expected a mapping of keys to values"),
  Mistake(
    "a list", "- a\n",
    """
    recipe.yaml:1:1: expected a mapping of keys to values, not a list
        1 | - a
          | ^
    """),
  Mistake(
    "too deep", "a: " + String(repeating: "[", count: 64),
    """
    recipe.yaml:1:67: nested more than 64 levels deep
        1 | a: \(String(repeating: "[", count: 64))
          | \(String(repeating: " ", count: 66))^
    """),
  Mistake(
    "tab for indentation", "a:\n\tb: 1\n",
    """
    recipe.yaml:2:1: not YAML: found character that cannot start any token (while scanning for the next token)
        2 | \tb: 1
          | ^ indent with spaces, not tabs; quote a text that begins with '@', '`' or '%'
    """),
  Mistake(
    "colon in a text", "name: a: b\n",
    """
    recipe.yaml:1:8: not YAML: mapping values are not allowed in this context
        1 | name: a: b
          |        ^ indent keys alike, and quote a text that contains ': '
    """),
  Mistake(
    "open bracket", "a: [1, 2\n",
    """
    recipe.yaml:1:4: not YAML: what begins here does not end: did not find expected ',' or ']' \
    (while parsing a flow sequence)
        1 | a: [1, 2
          |    ^
    """),
  Mistake(
    "control character", "a: 1\nb: \u{1}x\n",
    """
    recipe.yaml:2:4: not YAML: control characters are not allowed
        2 | b: \u{FFFD}x
          |    ^
    """),
  Mistake(
    "mapping as a key", "? {a: b}\n: c\n",
    """
    recipe.yaml:1:3: a key must be a single word or text, not a list or mapping
        1 | ? {a: b}
          |   ^
    """),
  Mistake(
    "no key", "?\n: b\n",
    """
    recipe.yaml:1:2: a key is missing before ':'
        1 | ?
          |  ^
    """),
]

@Suite("Text that is not the YAML we read is refused at its place")
struct WrongYAMLTests {
  @Test(arguments: mistakes) func said(_ mistake: Mistake) {
    #expect(failure(mistake.yaml) == mistake.says)
  }

  @Test func notUTF8() throws {
    let scratch = try Scratch()
    try scratch.write("recipe.yaml", Array("model: x\r\nname: caf".utf8) + [0xE9, 0x0A])
    #expect(
      scratch.failure() == """
        recipe.yaml:2:10: this byte is not UTF-8 text
            2 | name: caf\u{FFFD}
              |          ^ save the file as UTF-8
        """)
  }

  @Test func utf16IsNotUTF8() throws {
    let scratch = try Scratch()
    try scratch.write("recipe.yaml", [0xFF, 0xFE, 0x61, 0x00, 0x3A, 0x00])
    #expect(scratch.failure().hasPrefix("recipe.yaml:1:1: this byte is not UTF-8 text\n"))
  }

  @Test func tooLarge() throws {
    let scratch = try Scratch()
    try scratch.write("recipe.yaml", [UInt8](repeating: 0x20, count: 1_000_001))
    #expect(scratch.failure() == "recipe.yaml: cannot read it: it is larger than 1000000 bytes")
  }

  @Test func tooManyNodes() throws {
    let says = failure("a: [" + String(repeating: "1,", count: 100_001) + "]\n")
    #expect(says.contains(": more than 100000 values; too many to be meant\n"))
    #expect(says.split(separator: "\n").allSatisfy { $0.count < 120 })
  }

  @Test func longLinesAreShownAroundThePlace() throws {
    let says = failure("model: [" + String(repeating: "x, ", count: 100) + "*a]")
    #expect(says.contains("\n    1 | …"))
    let lines = says.split(separator: "\n")
    let caret = try #require(lines.last?.prefix { $0 != "^" }.count)
    #expect(lines[1].dropFirst(caret).hasPrefix("*a]"))
  }

  @Test func columnsCountCharactersAndLinesAllBreaks() throws {
    let scratch = try Scratch()
    try scratch.write("recipe.yaml", "\u{FEFF}# é\r\n# x\r{é日: 1, *b : 2}\n")
    #expect(scratch.failure().hasPrefix("recipe.yaml:3:9: aliases are not supported"))
    #expect(scratch.failure().contains("\n    3 | {é日: 1, *b : 2}\n      |         ^"))
  }

  @Test func nothingFromAFileMovesTheCursor() throws {
    let says = failure("\"a\\e[2Jb\\nc\\u202e\": 1\n")
    #expect(says.hasPrefix("recipe.yaml:1:1: unknown key 'a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}'\n"))
  }
}
