/// Reads the one Python literal that npy headers hold: a dict of `descr`, `fortran_order` and `shape`.
struct PythonLiteral {
  let bytes: [UInt8]
  let origin: Origin
  private var at = 0

  init(bytes: [UInt8], origin: Origin) {
    self.bytes = bytes
    self.origin = origin
  }

  mutating func header() throws -> (descr: String, fortranOrder: Bool, shape: [Int]) {
    var descr: String?
    var fortranOrder: Bool?
    var shape: [Int]?
    try expect(UInt8(ascii: "{"), "it must be a dict")
    while !take(UInt8(ascii: "}")) {
      let key = try string("a key must be a string")
      try expect(UInt8(ascii: ":"), "':' must follow a key")
      switch key {
      case "descr" where descr == nil: descr = try self.descr()
      case "fortran_order" where fortranOrder == nil: fortranOrder = try bool()
      case "shape" where shape == nil: shape = try self.shape()
      default: throw fail("its keys must be descr, fortran_order and shape, each once")
      }
      if !take(UInt8(ascii: ",")) {
        try expect(UInt8(ascii: "}"), "',' or '}' must follow a value")
        break
      }
    }
    skipSpace()
    guard at == bytes.count else { throw fail("only spaces may follow the dict") }
    guard let descr, let fortranOrder, let shape else {
      throw fail("its keys must be descr, fortran_order and shape, each once")
    }
    return (descr, fortranOrder, shape)
  }

  private func fail(_ what: String) -> ArchiveError { origin.error(.npyHeader(what)) }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws {
    guard take(byte) else { throw fail(what) }
  }

  private mutating func string(_ what: String) throws -> String {
    skipSpace()
    guard at < bytes.count, bytes[at] == UInt8(ascii: "'") || bytes[at] == UInt8(ascii: "\"") else {
      throw fail(what)
    }
    let quote = bytes[at]
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != quote {
      // Printable ASCII without escapes is all that the type names need.
      guard bytes[at] >= 0x20, bytes[at] < 0x7F, bytes[at] != UInt8(ascii: "\\") else { throw fail(what) }
      at += 1
    }
    guard at < bytes.count else { throw fail(what) }
    defer { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func descr() throws -> String {
    if take(UInt8(ascii: "[")) { throw fail("descr must be one plain type, not a record") }
    return try string("descr must be a string")
  }

  private mutating func bool() throws -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[at...].starts(with: word.utf8) {
      at += word.utf8.count
      return value
    }
    throw fail("fortran_order must be True or False")
  }

  private mutating func shape() throws -> [Int] {
    let what = "shape must be a tuple of sizes"
    try expect(UInt8(ascii: "("), what)
    var shape: [Int] = []
    var comma = true
    while !take(UInt8(ascii: ")")) {
      guard comma, shape.count < NpyHeader.maximumRank else { throw fail(what) }
      shape.append(try size(what))
      comma = take(UInt8(ascii: ","))
      // (3) is a number in Python, not a tuple.
      if !comma, shape.count == 1 { throw fail(what) }
    }
    return shape
  }

  private mutating func size(_ what: String) throws -> Int {
    skipSpace()
    let start = at
    while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
    guard at > start, let size = Int(String(decoding: bytes[start..<at], as: UTF8.self)) else {
      throw fail(what)
    }
    return size
  }
}
