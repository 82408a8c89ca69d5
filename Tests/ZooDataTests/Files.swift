import ZooPictures

/// npy and tar files made by hand.
enum Npy {
  static func file(_ descr: String, _ shape: [Int], _ data: [UInt8], fortran: Bool = false) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = fortran ? "True" : "False"
    var header = "{'descr': '\(descr)', 'fortran_order': \(order), 'shape': (\(sizes)), }"
    while (header.utf8.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    let count = header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 255), UInt8(count >> 8)]
      + Array(header.utf8) + data
  }

  static func floats(_ shape: [Int], _ values: [Float]) -> [UInt8] {
    file("<f4", shape, values.flatMap { little($0.bitPattern) })
  }

  static func integers(_ values: [Int64]) -> [UInt8] {
    file("<i8", [values.count], values.flatMap(little))
  }

  private static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }
}

enum Tar {
  static func file(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    members.flatMap { header($0.name, $0.bytes.count) + padded($0.bytes) }
      + [UInt8](repeating: 0, count: 1024)
  }

  private static func header(_ name: String, _ size: Int) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ at: Int) { block.replaceSubrange(at..<at + text.utf8.count, with: text.utf8) }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
    put(name, 0)
    put("0000644", 100)
    put("0000000", 108)
    put("0000000", 116)
    put(octal(size, 11), 124)
    put(octal(0, 11), 136)
    put("        0", 148)
    put("ustar\u{0}00", 257)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, 6) + "\u{0} ", 148)
    return block
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }
}

/// A PNG of one colour.
func plainPNG(_ value: UInt8, side: Int = 4) -> [UInt8] {
  PNG.rgb(width: side, height: side, pixels: [UInt8](repeating: value, count: 3 * side * side))
}
