/// ZIP: local headers with data, a directory, end records.
public struct ZipFormat: Format {
  public init() {}

  private static let local: [UInt8] = [0x50, 0x4B, 3, 4]
  private static let entry: [UInt8] = [0x50, 0x4B, 1, 2]
  /// Records by signature, with offset and width of their numbers (APPNOTE 4.3).
  private static let records: [(signature: [UInt8], fields: [(Int, Int)])] = [
    (local, [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)]),
    (entry, [(8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (32, 2), (34, 2), (42, 4)]),
    ([0x50, 0x4B, 5, 6], [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]),
    ([0x50, 0x4B, 6, 6], [(4, 8), (16, 4), (24, 8), (32, 8), (40, 8), (48, 8)]),
    ([0x50, 0x4B, 6, 7], [(4, 4), (8, 8), (16, 4)]),
    // The zip64 field of a local header or an entry.
    ([1, 0, 16, 0], [(0, 2), (2, 2), (4, 8), (12, 8)]),
  ]

  public func mutate(_ bytes: inout [UInt8], other: [UInt8], _ generator: inout Generator) {
    if generator.chance(35) { return mutateMember(&bytes, &generator) }
    guard let record = generator.pick(Self.records), let at = generator.pick(places(of: record.signature, in: bytes)),
      let (offset, width) = generator.pick(record.fields)
    else { return mutateBytes(&bytes, other: other, &generator) }
    let old = number(bytes, width, at: at + offset) ?? 0
    let near = [old &+ 1, old &- 1, old &* 2, UInt64(bytes.count), 0, 8]
    put((generator.chance(50) ? generator.pick(near) : generator.pick(edges)) ?? 0, width, at: at + offset, &bytes)
  }

  /// Changes the npy file in a stored member without changing its length.
  private func mutateMember(_ bytes: inout [UInt8], _ generator: inout Generator) {
    guard let at = generator.pick(places(of: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], in: bytes)) else { return }
    let end = min(bytes.count, at + 160)
    var member = Array(bytes[at..<end])
    NpyFormat().mutate(&member, other: member, &generator)
    member = Array(member.prefix(end - at)) + [UInt8](repeating: 0x20, count: max(0, end - at - member.count))
    bytes.replaceSubrange(at..<end, with: member)
  }

  /// Right CRCs of stored members, in both places.
  public func repair(_ bytes: inout [UInt8]) {
    for at in places(of: Self.entry, in: bytes) {
      guard number(bytes, 2, at: at + 10) == 0, let size = number(bytes, 4, at: at + 24),
        let header = number(bytes, 4, at: at + 42).map({ Int($0) }),
        let name = number(bytes, 2, at: header + 26), let extra = number(bytes, 2, at: header + 28)
      else { continue }
      let start = header + 30 + Int(name) + Int(extra)
      guard start <= bytes.count, Int(size) <= bytes.count - start else { continue }
      let crc = UInt64(crc32(bytes[start..<start + Int(size)]))
      put(crc, 4, at: at + 16, &bytes)
      put(crc, 4, at: header + 14, &bytes)
    }
  }
}

/// The CRC of ZIP and PNG, bit by bit.
func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
  var crc: UInt32 = .max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return ~crc
}
