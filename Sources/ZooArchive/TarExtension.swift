/// What the extension headers before a member say of it, read by ourselves: libarchive passes over what is
/// malformed, and over records that other readers act on.
struct TarExtension {
  /// Extension headers before one member; a pax and two GNU headers are all that writers make.
  static let headerLimit = 8
  /// Bytes of one such header.
  static let sizeLimit = 1 << 20

  /// The member's path, from pax or GNU; nil where they are silent.
  private(set) var path: [UInt8]?
  /// The member's size; nil where pax is silent.
  private(set) var size: Int?
  private(set) var isSparse = false

  /// Takes in one header of kind `x`, `g`, `L` or `K`.
  /// - Returns: what is wrong with it; nil if nothing is.
  mutating func add(kind: UInt8, _ data: [UInt8]) -> String? {
    switch kind {
    case UInt8(ascii: "L"):
      guard path == nil else { return "the path is given twice" }
      path = Array(data.prefix { $0 != 0 })
    case UInt8(ascii: "x"), UInt8(ascii: "g"):
      var rest = data[...]
      while !rest.isEmpty {
        guard let (key, value) = Self.record(&rest) else { return "a pax record" }
        if let problem = add(key, value, isGlobal: kind == UInt8(ascii: "g")) { return problem }
      }
    default: break
    }
    return nil
  }

  private mutating func add(_ key: String, _ value: ArraySlice<UInt8>, isGlobal: Bool) -> String? {
    if key.hasPrefix("GNU.sparse.") || key == "SCHILY.realsize" { isSparse = true }
    guard key == "path" || key == "size" else { return nil }
    // Some readers apply it to all members, others to none.
    guard !isGlobal else { return "a global pax header with the \(key)" }
    if key == "path" {
      guard path == nil else { return "the path is given twice" }
      guard !value.contains(0) else { return "a zero byte in the path" }
      path = Array(value)
    } else {
      guard size == nil else { return "the size is given twice" }
      guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }),
        let number = Int(String(decoding: value, as: UTF8.self))
      else { return "the pax size" }
      size = number
    }
    return nil
  }

  /// Takes `LENGTH KEY=VALUE\n` off the front (POSIX.1-2017, pax, "pax Header Block"); nil if it is none.
  private static func record(_ rest: inout ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
      length <= rest.count
    else { return nil }
    let record = rest.prefix(length)
    guard record[digits.endIndex] == 0x20, record.last == 0x0A else { return nil }
    let body = record[(digits.endIndex + 1)..<(record.endIndex - 1)]
    guard let equals = body.firstIndex(of: UInt8(ascii: "=")), equals > body.startIndex,
      let key = String(validating: body[..<equals], as: UTF8.self), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    rest = rest[record.endIndex...]
    return (key, body[(equals + 1)...])
  }
}
