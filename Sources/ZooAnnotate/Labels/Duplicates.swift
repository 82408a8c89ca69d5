import ZooRecipe

/// Which records are the same image as an earlier one, and which must stay on one side of the split.
///
/// A record's node is its group, or itself. Records that share a key are duplicates; the nodes of duplicates are joined.
/// Memory holds a bit for each record and an entry for each node that is joined to another.
struct Duplicates {
  private var bits: [UInt64] = []
  private var parents: [UInt64: UInt64] = [:]
  private(set) var count = 0
  private let removes: Bool

  init(records: Int, removes: Bool) {
    bits = [UInt64](repeating: 0, count: (records + 63) / 64)
    self.removes = removes
  }

  static func node(_ record: LabelledRecord) -> UInt64 {
    record.keys.group != 0
      ? record.keys.group : WordHash.mix(record.position ^ 0xA076_1D64_78BD_642F, 0x9E37_79B9_7F4A_7C15)
  }

  /// Keys of a record, each kind in a room of its own.
  static func keys(_ record: LabelledRecord) -> [UInt64] {
    let keys = [record.keys.id, record.keys.url, record.keys.text, record.keys.image]
    return keys.enumerated().compactMap { kind, key in
      key == 0 ? nil : WordHash.mix(key ^ UInt64(kind + 1) &* 0xD6E8_FEB8_6659_FD93, 0xE703_7ED1_A0B4_28DB)
    }
  }

  mutating func add(_ first: KeySorter.Entry, _ repeated: KeySorter.Entry) {
    guard first.number != repeated.number else { return }
    let bit = UInt64(1) << UInt64(repeated.number & 63)
    if bits[repeated.number >> 6] & bit == 0 {
      bits[repeated.number >> 6] |= bit
      count += 1
    }
    let (a, b) = (root(first.node), root(repeated.node))
    // The lesser one is the root, in whatever order they are joined.
    if a != b { parents[max(a, b)] = min(a, b) }
  }

  private func root(_ node: UInt64) -> UInt64 {
    var node = node
    while let parent = parents[node] { node = parent }
    return node
  }

  /// Whether record `number` repeats an earlier one.
  func isRepeat(_ number: Int) -> Bool { bits[number >> 6] & 1 << UInt64(number & 63) != 0 }
  func isRemoved(_ number: Int) -> Bool { removes && isRepeat(number) }

  /// Whether the record is held out: a function of the seed and of what is kept together.
  func isHeldOut(_ record: LabelledRecord, _ split: AnnotationRecipe.HeldOut) -> Bool {
    guard split.share > 0 else { return false }
    let hash = WordHash.mix(
      root(Self.node(record)) ^ 0x2545_F491_4F6C_DD1D, UInt64(truncatingIfNeeded: split.seed) &* 2 &+ 0x9E37_79B9_7F4A_7C15)
    return Double(WordHash.mix(hash, 0xA076_1D64_78BD_642F) >> 11) * 0x1p-53 < split.share
  }
}
