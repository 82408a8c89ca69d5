/// What can be wrong with JSON text.
public enum JSONProblem: Sendable, Equatable {
  case expected(String, found: String)
  case unexpectedEnd
  case trailing
  case tooDeep(limit: Int)
  case tooLong(size: Int, limit: Int)
  case tooManyValues(limit: Int)
  case duplicateKey(String)
  case invalidUTF8
  case tooManyMarks
  case controlCharacter
  case badEscape
  case loneSurrogate
  case badNumber
  case numberOutOfRange
}

/// How much JSON is read before it is refused: files come from strangers.
public struct JSONLimits: Sendable {
  public var bytes: Int
  public var depth: Int
  public var values: Int

  public init(bytes: Int = 64 << 20, depth: Int = 64, values: Int = 1_000_000) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }
}

extension JSONValue {
  /// Reads one JSON value (RFC 8259, strictly: no duplicate keys, no comments, nothing after the value).
  /// - Parameter file: names the text in errors; `member` too, if it lies in a tar file.
  /// - Throws: `ArchiveError` with line and column (in bytes, from 1).
  public init(
    parsing bytes: [UInt8], file: String, member: String? = nil, limits: JSONLimits = JSONLimits()
  ) throws {
    var reader = JSONReader(bytes: bytes, origin: Origin(file: file, member: member), limits: limits)
    self = try reader.document()
  }

  public init(parsing text: String, file: String, limits: JSONLimits = JSONLimits()) throws {
    try self.init(parsing: Array(text.utf8), file: file, limits: limits)
  }
}

struct JSONReader {
  let bytes: [UInt8]
  let origin: Origin
  let limits: JSONLimits
  var at = 0
  private var values = 0

  init(bytes: [UInt8], origin: Origin, limits: JSONLimits) {
    self.bytes = bytes
    self.origin = origin
    self.limits = limits
  }

  mutating func document() throws -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw error(.tooLong(size: bytes.count, limit: limits.bytes))
    }
    skipSpace()
    let value = try self.value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw error(.trailing) }
    return value
  }

  func error(_ problem: JSONProblem) -> ArchiveError {
    var line = 1
    var column = 1
    for byte in bytes.prefix(min(at, limits.bytes)) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return origin.error(.json(problem, line: line, column: column))
  }

  func expected(_ what: String) -> ArchiveError {
    guard at < bytes.count else { return error(.unexpectedEnd) }
    let byte = bytes[at]
    let found =
      byte > 0x20 && byte < 0x7F
      ? "'" + String(UnicodeScalar(byte)) + "'" : "byte 0x" + String(byte, radix: 16)
    return error(.expected(what, found: found))
  }

  private mutating func skipSpace() {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws -> JSONValue {
    values += 1
    guard values <= limits.values else { throw error(.tooManyValues(limit: limits.values)) }
    guard at < bytes.count else { throw error(.unexpectedEnd) }
    switch bytes[at] {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return try number()
    default: throw expected("a value")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws -> JSONValue {
    let word = Array("\(text)".utf8)
    guard bytes[at...].starts(with: word) else { throw expected("a value") }
    at += word.count
    return value
  }

  private mutating func object(depth: Int) throws -> JSONObject {
    guard depth < limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
    at += 1
    var object = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return object }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
      let start = at
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw expected("':'") }
      skipSpace()
      let value = try self.value(depth: depth + 1)
      guard object.append(key, value) else {
        at = start
        throw error(.duplicateKey(key))
      }
      skipSpace()
      if take(UInt8(ascii: "}")) { return object }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws -> [JSONValue] {
    guard depth < limits.depth else { throw error(.tooDeep(limit: limits.depth)) }
    at += 1
    var array: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return array }
    while true {
      skipSpace()
      array.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return array }
      guard take(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
    }
  }

  private mutating func number() throws -> JSONValue {
    let start = at
    var whole = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) {
      guard digits() > 0 else { throw error(.badNumber) }
    } else if digits() > 0 {
      throw error(.badNumber)
    }
    if take(UInt8(ascii: ".")) {
      whole = false
      guard digits() > 0 else { throw error(.badNumber) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      whole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw error(.badNumber) }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    // "-0" stays a double: an integer has no negative zero.
    if whole, text != "-0", let value = Int64(text) { return .int(value) }
    guard let value = Double(text), value.isFinite else { throw error(.numberOutOfRange) }
    return .double(value)
  }

  private mutating func digits() -> Int {
    let start = at
    while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
    return at - start
  }
}
