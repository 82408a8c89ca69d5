/// Small PNG files made by hand: stored (uncompressed) deflate blocks.
public enum PNG {
  public static func grey(width: Int, height: Int, pixels: [UInt8], orientation: UInt8? = nil) -> [UInt8] {
    file(width: width, height: height, kind: 0, bytesPerPixel: 1, pixels, orientation)
  }

  public static func rgb(width: Int, height: Int, pixels: [UInt8]) -> [UInt8] {
    file(width: width, height: height, kind: 2, bytesPerPixel: 3, pixels, nil)
  }

  /// One colour.
  public static func plain(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) -> [UInt8] {
    rgb(width: width, height: height, pixels: (0..<width * height).flatMap { _ in [red, green, blue] })
  }

  /// One grey level.
  public static func grey(_ level: UInt8, side: Int = 4) -> [UInt8] {
    grey(width: side, height: side, pixels: [UInt8](repeating: level, count: side * side))
  }

  /// The same file claiming another size.
  public static func resized(_ file: [UInt8], _ width: Int, _ height: Int) -> [UInt8] {
    let header = big(width) + big(height) + file[24..<29]
    return Array(file[..<8]) + chunk("IHDR", header) + Array(file[33...])
  }

  private static func file(
    width: Int, height: Int, kind: UInt8, bytesPerPixel: Int, _ pixels: [UInt8], _ orientation: UInt8?
  ) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<height {
      rows.append(0)
      rows += pixels[y * width * bytesPerPixel..<(y + 1) * width * bytesPerPixel]
    }
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    file += chunk("IHDR", big(width) + big(height) + [8, kind, 0, 0, 0])
    if let orientation {
      let tiff: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1]
      file += chunk("eXIf", tiff + [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0])
    }
    file += chunk("IDAT", stored(rows))
    return file + chunk("IEND", [])
  }

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    var at = 0
    repeat {
      let count = min(bytes.count - at, 65_535)
      let low = UInt8(count & 255)
      let high = UInt8(count >> 8)
      out += [at + count == bytes.count ? 1 : 0, low, high, ~low, ~high]
      out += bytes[at..<at + count]
      at += count
    } while at < bytes.count
    var a = 1
    var b = 0
    for byte in bytes {
      a = (a + Int(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return out + big(b << 16 | a)
  }

  private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + body
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in named {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return big(body.count) + named + big(Int(~crc))
  }

  private static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
  }
}
