/// 64-bit hashes of words and phrases, the same on every machine and in every run.
enum WordHash {
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Of one word: eight bytes at a time, each step a multiplication to 128 bits folded (as in wyhash).
  @inline(__always)
  static func word(_ bytes: [UInt8], _ start: Int, _ end: Int) -> UInt64 {
    var hash = multiplier ^ UInt64(truncatingIfNeeded: end &- start)
    var at = start
    while end &- at >= 8 {
      var block: UInt64 = 0
      for index in 0..<8 { block |= UInt64(bytes[at &+ index]) << UInt64(8 &* index) }
      hash = mix(hash ^ block, 0xA076_1D64_78BD_642F)
      at &+= 8
    }
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while at < end {
      rest |= UInt64(bytes[at]) << shift
      shift &+= 8
      at &+= 1
    }
    return mix(hash ^ rest, 0xE703_7ED1_A0B4_28DB)
  }

  /// Of a phrase, from that of its words but the last and that of the last.
  @inline(__always)
  static func phrase(_ before: UInt64, _ word: UInt64) -> UInt64 { mix(before ^ 0x8EBC_6AF0_9C88_C6E3, word | 1) }

  @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// Of any bytes, for names and addresses.
  static func bytes(_ bytes: ArraySlice<UInt8>) -> UInt64 { word(Array(bytes), 0, bytes.count) }

  /// Of a phrase as a term is written: words with one space between them.
  static func term(_ text: String) -> UInt64 {
    let bytes = Array(text.utf8)
    var hash: UInt64?
    var start = 0
    for end in 0...bytes.count where end == bytes.count || bytes[end] == 0x20 {
      let word = word(bytes, start, end)
      hash = hash.map { phrase($0, word) } ?? word
      start = end + 1
    }
    return hash ?? 0
  }
}
