import ZooABI

extension String {
  /// A copy of text that crossed the boundary.
  init(_ text: zoo_str) {
    guard let start = text.ptr, text.len > 0 else {
      self = ""
      return
    }
    self = String(decoding: UnsafeRawBufferPointer(start: start, count: text.len), as: UTF8.self)
  }

  /// The text for the duration of a call across the boundary.
  func withText<Result>(_ body: (zoo_str) throws -> Result) rethrows -> Result {
    var copy = self
    return try copy.withUTF8 { bytes in
      try bytes.withMemoryRebound(to: CChar.self) { try body(zoo_str(ptr: $0.baseAddress, len: $0.count)) }
    }
  }
}

/// Names: not empty, at most 200 bytes, of letters (or small letters alone), digits and the given others.
func isName(_ text: String, letters: Bool = true, others: String) -> Bool {
  let legal = text.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letters
    default: others.utf8.contains(byte)
    }
  }
  return legal && (1...200).contains(text.utf8.count)
}
