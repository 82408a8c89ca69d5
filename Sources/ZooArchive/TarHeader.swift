/// One 512-byte header block of a tar file, read by ourselves: libarchive is lenient where we must not be,
/// and its offsets are only believed when the block at that place says the same.
struct TarHeader {
  static let blockSize = 512
  /// pax (x, g) and GNU long names (L, K): headers that only say something about the next one.
  static let extensionKinds = Array("xgLK".utf8)

  /// Prefix and name joined, the raw bytes.
  let path: [UInt8]
  let size: Int
  let kind: UInt8
  /// Whether magic, version and the form of the checksum are those that our writer gives.
  let isUstar: Bool

  init(_ block: [UInt8], at offset: Int, file: String) throws {
    guard block.count == Self.blockSize else { throw ArchiveError(.tarTruncated, file: file) }
    func malformed(_ what: String) -> ArchiveError {
      ArchiveError(.tarHeader(offset: offset, what), file: file)
    }
    var sum = 0
    for (index, byte) in block.enumerated() {
      sum += (148..<156).contains(index) ? 0x20 : Int(byte)
    }
    guard Self.number(block[148..<156]) == sum else {
      throw ArchiveError(.tarChecksum(offset: offset), file: file)
    }
    // Six digits, zero, space: with any other form accepted, a flipped bit could pass in the checksum itself.
    let isPlainSum =
      block[148..<154].allSatisfy { (0x30...0x37).contains($0) } && block[154] == 0 && block[155] == 0x20
    isUstar = isPlainSum && block[257..<265].elementsEqual("ustar\u{0}00".utf8)
    kind = block[156]
    guard let size = Self.number(block[124..<136]) else { throw malformed("the size") }
    self.size = size
    let name = Self.text(block[0..<100])
    let hasPrefix = block[257..<263].elementsEqual("ustar\u{0}".utf8)
    let prefix = hasPrefix ? Self.text(block[345..<500]) : []
    path = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
  }

  /// Up to the first zero byte.
  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
    Array(field.prefix { $0 != 0 })
  }

  /// Octal digits, then nothing but spaces and zero bytes; or GNU's base 256.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      guard first == 0x80 else { return nil }
      var value = 0
      for byte in field.dropFirst() {
        guard value <= Int.max >> 8 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    var value = 0
    var digits = 0
    var ended = false
    for byte in field {
      switch byte {
      case 0x30...0x37:
        guard !ended else { return nil }
        value = value << 3 | Int(byte - 0x30)
        digits += 1
      case 0x20 where digits == 0 && !ended: continue
      case 0x20, 0: ended = true
      default: return nil
      }
    }
    return digits > 0 ? value : nil
  }

  /// What a member is, in words; nil for a plain file.
  var kindInWords: String? {
    switch kind {
    case UInt8(ascii: "0"), 0: nil
    case UInt8(ascii: "1"): "a hard link"
    case UInt8(ascii: "2"): "a symbolic link"
    case UInt8(ascii: "3"), UInt8(ascii: "4"): "a device"
    case UInt8(ascii: "5"): "a folder"
    case UInt8(ascii: "6"): "a named pipe"
    case UInt8(ascii: "x"), UInt8(ascii: "g"): "a pax extension header"
    case UInt8(ascii: "L"), UInt8(ascii: "K"): "a GNU long name"
    case UInt8(ascii: "S"): "a sparse file"
    default: "an entry of type 0x" + String(kind, radix: 16)
    }
  }

  static func padded(_ size: Int) -> Int? {
    let (sum, overflow) = size.addingReportingOverflow(blockSize - 1)
    return overflow ? nil : sum / blockSize * blockSize
  }
}

/// Whether a member path is one we write and read in model archives: relative, printable ASCII without
/// backslash and space, no empty, `.` or `..` part.
public func isPlainMemberPath(_ path: String) -> Bool {
  guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else { return false }
  return path.split(separator: "/", omittingEmptySubsequences: false)
    .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
}
