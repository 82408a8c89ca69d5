import ZooArchive
import ZooData

/// Numbers and texts as bytes, little-endian.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func add(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func add(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func add(_ value: Int64) { add(UInt64(bitPattern: value)) }
  mutating func add(_ value: Float) { add(value.bitPattern) }

  /// Seven bits a byte, the lowest first.
  mutating func add(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func add(_ text: some Collection<UInt8>) {
    add(variable: UInt64(text.count))
    bytes.append(contentsOf: text)
  }
}

/// A range of a file read piece by piece.
struct ByteStream {
  private static let blockSize = 1 << 18

  private let file: String
  private let read: (_ offset: Int, _ count: Int) throws -> [UInt8]
  private let size: Int
  private var buffer: [UInt8] = []
  private var base = 0
  private var at = 0

  init(file: String, size: Int, read: @escaping (_ offset: Int, _ count: Int) throws -> [UInt8]) {
    (self.file, self.size, self.read) = (file, size, read)
  }

  init(_ path: String) throws {
    let file = try ReadableFile(path)
    self.init(file: path, size: file.size) { try file.read(offset: $0, count: $1) }
  }

  init(_ member: TarMember, of tar: TarReader) {
    self.init(file: "\(tar.path)/\(member.name)", size: member.size) { try tar.bytes(of: member, at: $0, count: $1) }
  }

  init(_ bytes: [UInt8], file: String) {
    self.init(file: file, size: bytes.count) { Array(bytes[$0..<$0 + $1]) }
  }

  var isAtEnd: Bool { base + at >= size }

  /// Where the next byte lies.
  var offset: Int { base + at }

  func wrong(_ what: String = "is cut short") -> AnnotateError { AnnotateError.file(file, what) }

  @inline(__always)
  mutating func byte() throws -> UInt8 {
    if at >= buffer.count { try fill() }
    let byte = buffer[at]
    at &+= 1
    return byte
  }

  private mutating func fill() throws {
    base += buffer.count
    at = 0
    guard base < size else {
      buffer = []
      throw wrong()
    }
    buffer = try read(base, min(Self.blockSize, size - base))
  }

  mutating func unsigned() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(try byte()) << shift }
    return value
  }

  mutating func signed() throws -> Int64 { Int64(bitPattern: try unsigned()) }

  mutating func small() throws -> UInt32 {
    var value: UInt32 = 0
    for shift in stride(from: UInt32(0), to: 32, by: 8) { value |= UInt32(try byte()) << shift }
    return value
  }

  mutating func float() throws -> Float { Float(bitPattern: try small()) }

  mutating func variable() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      let byte = try byte()
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw wrong("holds a number that is too long")
  }

  /// A whole number from 0 to `limit`.
  mutating func count(_ limit: Int) throws -> Int {
    let value = try variable()
    guard value <= UInt64(limit) else { throw wrong("holds the number \(value), more than \(limit)") }
    return Int(value)
  }

  mutating func text(limit: Int = 1 << 26) throws -> [UInt8] {
    let count = try count(limit)
    guard count <= size - offset else { throw wrong() }
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for _ in 0..<count { text.append(try byte()) }
    return text
  }

  mutating func string() throws -> String { String(decoding: try text(), as: UTF8.self) }
}
