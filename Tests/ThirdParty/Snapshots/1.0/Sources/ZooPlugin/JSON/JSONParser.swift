/// Reads JSON text; nesting is limited, so that no text can exhaust the stack.
struct JSONParser {
  private let text: [UInt8]
  private var position = 0

  static func parse(_ text: String) throws -> JSON {
    var parser = JSONParser(text: Array(text.utf8))
    parser.skipSpace()
    if parser.position == parser.text.count { return .object([]) }
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == parser.text.count else { throw parser.wrong("text after the value") }
    return value
  }

  private init(text: [UInt8]) { self.text = text }

  private func wrong(_ why: String) -> ZooError { .badJSON(at: position, why) }

  private mutating func skipSpace() {
    while position < text.count, [32, 9, 10, 13].contains(text[position]) { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSON {
    guard depth < 64 else { throw wrong("nested too deeply") }
    skipSpace()
    guard position < text.count else { throw wrong("unexpected end") }
    switch text[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try word()
    }
  }

  private mutating func object(depth: Int) throws -> JSON {
    position += 1
    var fields: [(key: String, value: JSON)] = []
    if take(UInt8(ascii: "}")) { return .object(fields) }
    repeat {
      skipSpace()
      let key = try string()
      guard !fields.contains(where: { $0.key == key }) else { throw wrong("'\(key)' twice") }
      guard take(UInt8(ascii: ":")) else { throw wrong("expected ':'") }
      fields.append((key, try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw wrong("expected '}'") }
    return .object(fields)
  }

  private mutating func array(depth: Int) throws -> JSON {
    position += 1
    var items: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(items) }
    repeat { items.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw wrong("expected ']'") }
    return .array(items)
  }

  private mutating func word() throws -> JSON {
    let start = position
    while position < text.count, !" \t\n\r,]}:".utf8.contains(text[position]) { position += 1 }
    let word = String(decoding: text[start..<position], as: UTF8.self)
    switch word {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default:
      if let value = Int(word) { return .int(value) }
      if let value = Double(word), value.isFinite { return .double(value) }
      position = start
      throw wrong("unexpected '\(word)'")
    }
  }

  private mutating func string() throws -> String {
    guard position < text.count, text[position] == UInt8(ascii: "\"") else {
      throw wrong("expected a string")
    }
    position += 1
    var bytes: [UInt8] = []
    while position < text.count, text[position] != UInt8(ascii: "\"") {
      if text[position] == UInt8(ascii: "\\") {
        position += 1
        bytes += try escape()
      } else {
        bytes.append(text[position])
        position += 1
      }
    }
    guard position < text.count else { throw wrong("a string is not closed") }
    position += 1
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func escape() throws -> [UInt8] {
    guard position < text.count else { throw wrong("unexpected end") }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal()
      if (0xd800..<0xdc00).contains(scalar), text[position...].starts(with: "\\u".utf8) {
        position += 2
        let low = try hexadecimal()
        guard (0xdc00..<0xe000).contains(low) else { throw wrong("half of a surrogate pair") }
        scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
      }
      return Array(String(Character(Unicode.Scalar(scalar) ?? "\u{fffd}")).utf8)
    default: throw wrong("unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    guard text.count - position >= 4 else { throw wrong("unexpected end") }
    let digits = String(decoding: text[position..<position + 4], as: UTF8.self)
    guard let value = UInt32(digits, radix: 16), !digits.hasPrefix("+") else {
      throw wrong("expected four digits")
    }
    position += 4
    return value
  }
}
