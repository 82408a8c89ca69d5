/// A small picture inside a page.
public struct Thumbnail: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// 8-bit RGB, row by row.
  public let pixels: [UInt8]

  /// nil unless both sides are 1 to 512 and `pixels` are `3 * width * height`.
  public init?(width: Int, height: Int, pixels: [UInt8]) {
    guard (1...512).contains(width), (1...512).contains(height), pixels.count == 3 * width * height else { return nil }
    (self.width, self.height, self.pixels) = (width, height, pixels)
  }

  /// The picture as a PNG file (ISO/IEC 15948) whose data are stored, not deflated.
  public var png: [UInt8] {
    var raw: [UInt8] = []
    for row in 0..<height { raw += [0] + pixels[3 * width * row..<3 * width * (row + 1)] }
    // zlib's header, stored blocks of at most 65,535 bytes, Adler-32.
    var stream: [UInt8] = [0x78, 0x01]
    var at = 0
    while at < raw.count {
      let count = min(65_535, raw.count - at)
      let isLast: UInt8 = at + count == raw.count ? 1 : 0
      stream += [isLast, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8((~count >> 8) & 255)]
      stream += raw[at..<at + count]
      at += count
    }
    stream += Self.big(Self.adler32(raw))
    let header = Self.big(UInt32(width)) + Self.big(UInt32(height)) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
      + Self.chunk("IDAT", stream) + Self.chunk("IEND", [])
  }

  /// The picture as an address that holds it whole.
  var address: String { "data:image/png;base64," + base64(png) }

  private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(kind.utf8) + data
    return big(UInt32(data.count)) + content + big(crc32(content))
  }

  private static func big(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
  }

  private static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }

  private static let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }

  private static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { crc, byte in crc >> 8 ^ crcTable[Int((crc ^ UInt32(byte)) & 255)] }
  }
}

/// RFC 4648, section 4.
func base64(_ bytes: [UInt8]) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var out: [UInt8] = []
  out.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let part = bytes[start..<min(start + 3, bytes.count)]
    let bits = part.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - part.count))
    for index in 0..<4 {
      out.append(index <= part.count ? digits[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
    }
  }
  return String(decoding: out, as: UTF8.self)
}
