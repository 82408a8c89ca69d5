/// The hashes of one record, each once.
struct DistinctHashes {
  private var slots = [UInt64](repeating: 0, count: 1024)
  private var stamps = [UInt32](repeating: 0, count: 1024)
  private var stamp: UInt32 = 1
  private var count = 0

  mutating func removeAll() {
    count = 0
    stamp &+= 1
    if stamp == 0 {
      stamps = [UInt32](repeating: 0, count: stamps.count)
      stamp = 1
    }
  }

  /// True where it was not there.
  @inline(__always)
  mutating func insert(_ hash: UInt64) -> Bool {
    if count &* 2 >= slots.count { grow() }
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash &>> 11) & mask
    while stamps[slot] == stamp {
      if slots[slot] == hash { return false }
      slot = (slot &+ 1) & mask
    }
    stamps[slot] = stamp
    slots[slot] = hash
    count &+= 1
    return true
  }

  private mutating func grow() {
    let old = slots.indices.filter { stamps[$0] == stamp }.map { slots[$0] }
    slots = [UInt64](repeating: 0, count: slots.count * 2)
    stamps = [UInt32](repeating: 0, count: slots.count)
    (stamp, count) = (1, 0)
    for hash in old { _ = insert(hash) }
  }
}
