/// Writes ZIP files byte by byte, sound ones and ones that lie.
struct NpzZip {
  struct Member {
    var name: [UInt8]
    var data: [UInt8]
    var method = 0
    var flags = 0
    /// What the directory says, where it is to differ from the truth.
    var crc: UInt32?
    var size: Int?
    var compressed: Int?
    var offset: Int?
    var localName: [UInt8]?
    /// Sizes and offset in a zip64 field of the directory.
    var zip64 = false
    /// A local header with placeholders for the sizes, as numpy writes it.
    var placeholders = false
  }

  var members: [Member] = []
  /// End records of zip64.
  var zip64 = false
  var comment: [UInt8] = []
  /// What the end says, where it is to differ from the truth.
  var count: Int?
  var directoryOffset: Int?

  mutating func add(_ name: String, _ data: [UInt8], _ change: (inout Member) -> Void = { _ in }) {
    var member = Member(name: Array(name.utf8), data: data)
    change(&member)
    members.append(member)
  }

  func bytes() -> [UInt8] {
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let offset = out.count
      out += localHeader(member) + member.data
      directory += entry(member, offset: member.offset ?? offset)
    }
    return out + directory + end(directoryOffset: out.count, directorySize: directory.count)
  }

  func localHeader(_ member: Member) -> [UInt8] {
    let name = member.localName ?? member.name
    let sizes = [member.compressed ?? member.data.count, member.size ?? member.data.count]
    let wide = member.placeholders || member.zip64
    let small = wide ? [0xFFFF_FFFF, 0xFFFF_FFFF] : sizes
    let extra = wide ? le((1, 2), (16, 2), (sizes[1], 8), (sizes[0], 8)) : []
    let fields = le(
      (0x0403_4B50, 4), (45, 2), (member.flags, 2), (member.method, 2), (0, 2), (0x21, 2), (crc(member), 4),
      (small[0], 4), (small[1], 4), (name.count, 2), (extra.count, 2))
    return fields + name + extra
  }

  func entry(_ member: Member, offset: Int) -> [UInt8] {
    let compressed = member.compressed ?? member.data.count
    let size = member.size ?? member.data.count
    let small = member.zip64 ? [Int](repeating: 0xFFFF_FFFF, count: 3) : [compressed, size, offset]
    // A foreign field before the one that counts.
    let extra =
      member.zip64
      ? le((0x5455, 2), (1, 2), (0, 1), (1, 2), (24, 2), (size, 8), (compressed, 8), (offset, 8)) : []
    let fields = le(
      (0x0201_4B50, 4), (45, 2), (45, 2), (member.flags, 2), (member.method, 2), (0, 2), (0x21, 2),
      (crc(member), 4), (small[0], 4), (small[1], 4), (member.name.count, 2), (extra.count, 2), (0, 2),
      (0, 2), (0, 2), (0, 4), (small[2], 4))
    return fields + member.name + extra
  }

  func end(directoryOffset offset: Int, directorySize size: Int) -> [UInt8] {
    let count = count ?? members.count
    let told = directoryOffset ?? offset
    var out: [UInt8] = []
    if zip64 {
      out += le(
        (0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (count, 8), (count, 8), (size, 8),
        (told, 8))
      out += le((0x0706_4B50, 4), (0, 4), (offset + size, 8), (1, 4))
    }
    let small = zip64 ? [0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF] : [count, size, told]
    let fields = le(
      (0x0605_4B50, 4), (0, 4), (small[0], 2), (small[0], 2), (small[1], 4), (small[2], 4),
      (comment.count, 2))
    return out + fields + comment
  }

  private func crc(_ member: Member) -> Int { Int(member.crc ?? Self.crc32(member.data)) }

  /// Numbers of so many bytes each, little-endian.
  private func le(_ fields: (value: Int, width: Int)...) -> [UInt8] {
    var out: [UInt8] = []
    for field in fields {
      for index in 0..<field.width { out.append(UInt8(truncatingIfNeeded: field.value >> (8 * index))) }
    }
    return out
  }

  /// CRC-32 of IEEE 802.3, bit by bit.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
