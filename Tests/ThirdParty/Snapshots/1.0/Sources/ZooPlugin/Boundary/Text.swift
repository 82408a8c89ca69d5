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
