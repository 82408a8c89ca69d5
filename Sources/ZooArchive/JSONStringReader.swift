extension JSONReader {
  /// The string whose opening quote is at `at`.
  mutating func string() throws -> String {
    at += 1
    let start = at
    // Most strings hold no escape and are taken as they lie.
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        defer { at += 1 }
        return try validated(bytes[start..<at])
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(bytes[start..<at]) }
      if byte < 0x20 { throw error(.controlCharacter) }
      at += 1
    }
    throw error(.unexpectedEnd)
  }

  private mutating func escapedString(_ head: ArraySlice<UInt8>) throws -> String {
    var out = Array(head)
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        defer { at += 1 }
        return try validated(out[...])
      }
      if byte < 0x20 { throw error(.controlCharacter) }
      at += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &out)
      } else {
        out.append(byte)
      }
    }
    throw error(.unexpectedEnd)
  }

  private mutating func escape(into out: inout [UInt8]) throws {
    guard at < bytes.count else { throw error(.unexpectedEnd) }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hex4()
      if code >= 0xD800, code < 0xDC00 {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
        else { throw error(.loneSurrogate) }
        at += 2
        let low = try hex4()
        guard low >= 0xDC00, low < 0xE000 else { throw error(.loneSurrogate) }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
      }
      guard let scalar = UnicodeScalar(code) else { throw error(.loneSurrogate) }
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default:
      throw error(.badEscape)
    }
  }

  private mutating func hex4() throws -> UInt32 {
    guard bytes.count - at >= 4 else { throw error(.unexpectedEnd) }
    var code: UInt32 = 0
    for byte in bytes[at..<at + 4] {
      guard let digit = hexDigit(byte) else { throw error(.badEscape) }
      code = code << 4 | UInt32(digit)
    }
    at += 4
    return code
  }

  private func validated(_ slice: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: slice, as: UTF8.self) else { throw error(.invalidUTF8) }
    guard text.isStreamSafe else { throw error(.tooManyMarks) }
    return text
  }
}

func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte - 0x30
  case 0x41...0x46: byte - 0x41 + 10
  case 0x61...0x66: byte - 0x61 + 10
  default: nil
  }
}
