/// How much more often two terms are together than by chance: log((n + k) / (n₁ n₂ / N + k)), cut at ±3 and divided by 3.
///
/// k = 5 draws pairs that say little towards 0; pairs that were never counted have n = 0, so that frequent terms which exclude
/// each other (two colours of one thing) come out negative.
struct TermCompany: Sendable {
  private static let shrinkage = 5.0

  private var slots: [UInt64]
  private var values: [Float]
  private let shares: [Double]
  private let scale: Double

  init(_ counts: TermCounts) {
    var size = 64
    while size < counts.pairs.count * 2 { size *= 2 }
    slots = [UInt64](repeating: .max, count: size)
    values = [Float](repeating: 0, count: size)
    scale = 1 / Double(max(counts.records, 1))
    shares = counts.terms.map { Double($0.records) }
    for pair in counts.pairs {
      let expected = shares[Int(pair.first)] * shares[Int(pair.second)] * scale
      let value = Self.value(Double(pair.records), expected)
      let key = Self.key(pair.first, pair.second)
      var slot = Self.place(key, size)
      while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
      slots[slot] = key
      values[slot] = value
    }
  }

  private static func value(_ together: Double, _ expected: Double) -> Float {
    Float(min(max(logarithm((together + shrinkage) / (expected + shrinkage)) / 3, -1), 1))
  }

  private static func key(_ a: Int32, _ b: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: min(a, b))) << 32 | UInt64(UInt32(bitPattern: max(a, b)))
  }

  private static func place(_ key: UInt64, _ size: Int) -> Int {
    Int(truncatingIfNeeded: WordHash.mix(key ^ 0x9FB2_1C65, 0x9E37_79B9_7F4A_7C15)) & (size - 1)
  }

  /// From -1 (they exclude each other) over 0 (nothing is known, or chance) to 1.
  func value(_ a: Int32, _ b: Int32) -> Float {
    let key = Self.key(a, b)
    var slot = Self.place(key, slots.count)
    while slots[slot] != .max {
      if slots[slot] == key { return values[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let expected = shares[Int(a)] * shares[Int(b)] * scale
    return expected < 0.1 ? 0 : Self.value(0, expected)
  }
}
