/// tar: header blocks with checksums, each followed by whole blocks of data.
public struct TarFormat: Format {
  public init() {}

  private static let kinds = Array("0123456 7xgLKSDVMNAX".utf8) + [0, 0xFF]
  private static let names = [
    "/etc/passwd", "../up", "a/../b", "./a", "a//b", "", "a\\b", "manifest.json", "weights.safetensors", "config.yaml",
    "a\u{1B}[2J", "é", String(repeating: "n", count: 100), "a/",
  ]
  private static let sizes = [
    "77777777777 ", "00000000000\u{0}", "00000001000 ", "           \u{0}", "-0000000001 ", "0000000x000 ",
    "777777777777",
  ]
  private static let records = [
    "path=../up", "path=/abs", "path=a", "path=", "size=0", "size=1", "size=512", "size=9223372036854775807",
    "size=-1", "size=18446744073709551615", "linkpath=/etc/passwd", "GNU.sparse.major=1", "GNU.sparse.minor=0",
    "GNU.sparse.name=b", "GNU.sparse.realsize=1048576", "GNU.sparse.map=0,1,1000,1", "GNU.sparse.numblocks=1",
    "GNU.sparse.offset=0", "GNU.sparse.numbytes=512", "GNU.sparse.size=512", "hdrcharset=BINARY", "path=a\u{0}b",
    "SCHILY.realsize=99999999999", "mtime=1e999", "path=\u{FEFF}\u{202E}",
  ]

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    let headers = Self.headers(bytes)
    guard let header = generator.pick(headers) else { return mutateBytes(&bytes, other: other, &generator) }
    let block = generator.below(bytes.count / 512) * 512
    switch generator.below(11) {
    case 0: bytes[header + 156] = generator.pick(Self.kinds) ?? 0
    case 1: Self.text(generator.pick(Self.sizes) ?? "", 12, at: header + 124, &bytes)
    case 2:
      bytes[header + 124] = 0x80
      put(generator.pick(edges) ?? 0, 8, at: header + 128, &bytes, bigEndian: true)
    case 3: Self.text(generator.pick(Self.names) ?? "", 100, at: header, &bytes)
    case 4:
      Self.text(
        generator.pick(["ustar  \u{0}", "ustar\u{0}01", "", "ustar\u{0}00"]) ?? "", 8, at: header + 257, &bytes)
    case 5: bytes.insert(contentsOf: extensionHeader(&generator), at: header)
    case 6: bytes.insert(contentsOf: bytes[block..<block + 512], at: generator.below(bytes.count / 512) * 512)
    case 7: bytes.removeSubrange(block..<block + 512)
    case 8: bytes.removeSubrange(block...)
    case 9: Self.text(generator.pick(Self.names) ?? "", 155, at: header + 345, &bytes)
    default: mutateData(&bytes, header, &generator)
    }
  }

  /// Right checksums in everything that looks like a header.
  public func repair(_ bytes: inout [UInt8]) {
    for header in Self.headers(bytes) { Self.sign(&bytes, header) }
  }

  private static func headers(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count - 511, by: 512).filter { at in
      bytes[at + 257..<at + 262].elementsEqual("ustar".utf8)
    }
  }

  private static func sign(_ bytes: inout [UInt8], _ header: Int) {
    text("        ", 8, at: header + 148, &bytes)
    let digits = String(bytes[header..<header + 512].reduce(0) { $0 + Int($1) }, radix: 8)
    text(String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits + "\u{0} ", 8, at: header + 148, &bytes)
  }

  private static func text(_ text: String, _ width: Int, at: Int, _ bytes: inout [UInt8]) {
    let field = Array(text.utf8.prefix(width))
    for index in 0..<width { bytes[at + index] = index < field.count ? field[index] : 0 }
  }

  /// A pax header of a few records, or a GNU long name.
  private func extensionHeader(_ generator: inout Generator) -> [UInt8] {
    var data: [UInt8] = []
    if generator.chance(70) {
      for _ in 0...generator.below(6) {
        let record = generator.pick(Self.records) ?? ""
        // Each begins with its own length.
        let length = record.utf8.count + (record.utf8.count + 4 < 10 ? 3 : 4)
        data += Array("\(generator.chance(90) ? length : generator.below(200)) \(record)\n".utf8)
      }
    } else {
      data = Array((generator.pick(Self.names) ?? "").utf8) + [0]
    }
    var block = [UInt8](repeating: 0, count: 512)
    Self.text("x", 100, at: 0, &block)
    Self.text("0000644\u{0}", 8, at: 100, &block)
    let digits = String(data.count, radix: 8)
    Self.text(String(repeating: "0", count: 11 - digits.utf8.count) + digits + " ", 12, at: 124, &block)
    block[156] = generator.pick(Array("xxxgLK".utf8)) ?? 0x78
    Self.text("ustar\u{0}00", 8, at: 257, &block)
    Self.sign(&block, 0)
    return block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
  }

  /// Changes what is in a member as its kind suggests; its header says the new size.
  private func mutateData(_ bytes: inout [UInt8], _ header: Int, _ generator: inout Generator) {
    let digits = bytes[header + 124..<header + 135].prefix { $0 >= 0x30 && $0 <= 0x37 }
    let size = digits.reduce(0) { ($0 & 0xFF_FFFF) << 3 | Int($1 - 0x30) }
    let start = header + 512
    guard size > 0, size <= bytes.count - start else { return }
    var data = Array(bytes[start..<start + size])
    let old = data
    let json = data.first == UInt8(ascii: "{")
    let tensors = data.count > 9 && data[8] == UInt8(ascii: "{")
    for _ in 0...generator.below(2) {
      if tensors {
        SafetensorsFormat().mutate(&data, other: old, &generator)
      } else {
        (json ? TextFormat.json : .yaml).mutate(&data, other: old, &generator)
      }
    }
    // In place half of the time: what lists the size still fits.
    if generator.chance(50) {
      data = Array(data.prefix(size)) + [UInt8](repeating: 0x20, count: max(0, size - data.count))
    }
    let blocks = { (count: Int) in (count + 511) / 512 * 512 }
    let padding = [UInt8](repeating: 0, count: blocks(data.count) - data.count)
    bytes.replaceSubrange(start..<min(bytes.count, start + blocks(size)), with: data + padding)
    let text = String(data.count, radix: 8)
    Self.text(String(repeating: "0", count: 11 - text.utf8.count) + text + " ", 12, at: header + 124, &bytes)
  }
}
