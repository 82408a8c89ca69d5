/// Places slots into one arena so that slots which live at the same time do not overlap.
struct MemoryPlan {
  /// Offset in bytes of each arena slot; nil for others.
  private(set) var offsets: [Int?]
  private(set) var bytes = 0
  /// What lives at once where that is most: no plan needs less.
  let liveBytes: Int

  /// Lifetimes run from the instruction that writes a slot to the last that reads it; pinned slots, those of
  /// `placing` too that no instruction touches (an input that is an output), live throughout.
  init(slots: [Slot], instructions: [Instruction], placing: Set<Int> = []) {
    offsets = [Int?](repeating: nil, count: slots.count)
    let lives = Lifetimes(slots: slots, instructions: instructions, placing: placing)
    liveBytes = lives.mostBytes
    let (first, last, members) = (lives.first, lives.last, lives.members)

    // Largest first, each at the lowest place that is free over its lifetime.
    struct Placed { let start: Int, end: Int, offset: Int, bytes: Int }
    var placed: [Placed] = []
    let order = members.indices.filter { !members[$0].isEmpty }.sorted { a, b in
      (slots[a].bytes, b) > (slots[b].bytes, a)
    }
    for root in order {
      let start = members[root].map { first[$0] }.min() ?? 0
      let end = members[root].map { last[$0] }.max() ?? 0
      let size = slots[root].alignedBytes
      var offset = 0
      for other in placed.filter({ $0.start <= end && start <= $0.end }).sorted(by: { $0.offset < $1.offset }) {
        if offset + size <= other.offset { break }
        offset = max(offset, other.offset + other.bytes)
      }
      placed.append(Placed(start: start, end: end, offset: offset, bytes: size))
      for member in members[root] { offsets[member] = offset }
      bytes = max(bytes, offset + size)
    }
  }
}
