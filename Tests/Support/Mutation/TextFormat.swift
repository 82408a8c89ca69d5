/// Text of numbers, words and brackets: JSON, YAML, Python literals.
public struct TextFormat: Format {
  let tokens: [[UInt8]]

  init(_ tokens: [String], raw: [[UInt8]] = []) {
    self.tokens = (tokens + Self.numbers).map { Array($0.utf8) } + raw + Self.broken
  }

  public static let json = TextFormat([
    "{", "}", "[", "]", ":", ",", "\"", "null", "true", "{\"a\":", "\"\":", "\"a\":1,", "\\u0000", "\\ud800",
    "\\udc00", "\\u0061", "\\\"", "e\u{301}", "é", "\u{301}\u{323}", "[[[[[[[[[[[[", "/*", "//", "NaN",
    "\"__metadata__\":{\"a\":\"b\"},",
  ])

  public static let yaml = TextFormat([
    "[", "]", "{", "}", ": ", "- ", "? ", "\n", "  ", "\t", "'", "\"", "&a ", "*a", "!t ", "|\n", ">-\n", "#",
    "---\n", "...\n", "%YAML 1.2\n", "%TAG ! !a\n", "null", "~", "<<: ", "\r", "\u{FEFF}", "\u{2028}", "\u{85}",
    "\\", "\"\\x00\"", "\"\\U0010FFFF\"", "- - - - - - ", "{{{{{{{{", "extends: ", "a: &a [*a, *a]\n", "yes",
  ])

  public static let csv = TextFormat(
    [
      ",", "\n", "\r\n", "\"", "\"\"", ",,", "a.jpg,1\n", "image", "label", "weight", ";", "0.5;0.25", "\r", "\u{FEFF}",
      "nan", "inf",
    ])

  public static let python = TextFormat([
    "(", ")", ",", "{", "}", "'", "\"", ":", "True", "False", "'shape': (", "'descr': '<f4'", "'|O'", "'>f8'",
    "'<V2'", "[('a', '<f4')]", "None", "()", "(1,)", "1L", "-1",
  ])

  private static let numbers =
    edges.map(String.init) + [
      "-1", "-0", "00", "1e999", "1e-999", "-9223372036854775808", "-9223372036854775809", "1.", ".5", "0x10",
      "99999999999999999999999999999999999999", "1_000",
    ]
  private static let broken: [[UInt8]] = [
    [0], [0xFF], [0xC3], [0xE2, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0xAF], [0x1B], [0x7F],
  ]

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    switch generator.below(7) {
    case 0: swapNumber(&bytes, &generator)
    case 1: mutateLine(&bytes, other: other, &generator)
    case 2: moveSpan(&bytes, &generator)
    case 3:
      let depth = 1 + generator.below(120)
      let token = generator.pick(tokens.prefix(12).map { $0 }) ?? []
      bytes.insert(contentsOf: (0..<depth).flatMap { _ in token }, at: generator.below(bytes.count + 1))
    default:
      let token = generator.pick(tokens) ?? []
      let at = generator.below(bytes.count + 1)
      // Over what is there, or between.
      let over = generator.chance(40) ? min(token.count, bytes.count - at) : 0
      bytes.replaceSubrange(at..<at + over, with: token)
    }
  }

  /// Puts another number where one is written.
  private func swapNumber(_ bytes: inout [UInt8], _ generator: inout Generator) {
    let from = generator.below(bytes.count)
    guard let start = bytes[from...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    guard let text = generator.pick(Self.numbers) else { return }
    bytes.replaceSubrange(start..<end, with: Array(text.utf8))
  }

  /// Doubles, drops or indents a line, or takes one from `other`.
  private func mutateLine(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    let line = line(of: bytes, &generator)
    switch generator.below(4) {
    case 0: bytes.insert(contentsOf: bytes[line], at: line.lowerBound)
    case 1: bytes.removeSubrange(line)
    case 2: bytes.insert(contentsOf: repeatElement(0x20, count: generator.below(4)), at: line.lowerBound)
    default: bytes.insert(contentsOf: other[self.line(of: other, &generator)], at: line.lowerBound)
    }
  }

  private func line(of bytes: [UInt8], _ generator: inout Generator) -> Range<Int> {
    let at = generator.below(bytes.count)
    let start = bytes[..<at].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = bytes[at...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
    return start..<end
  }

  /// Copies from one piece of punctuation to another.
  private func moveSpan(_ bytes: inout [UInt8], _ generator: inout Generator) {
    let marks = bytes.indices.filter { "{}[](),:\"'\n".utf8.contains(bytes[$0]) }
    guard let a = generator.pick(marks), let b = generator.pick(marks), let to = generator.pick(marks) else { return }
    let span = Array(bytes[min(a, b)..<max(a, b)].prefix(400))
    if generator.chance(30) {
      bytes.removeSubrange(min(a, b)..<min(a, b) + span.count)
    } else {
      bytes.insert(contentsOf: span, at: to)
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
