/// Places slots into one arena so that slots which live at the same time do not overlap.
struct MemoryPlan {
  /// Offset in bytes of each arena slot; nil for others.
  private(set) var offsets: [Int?]
  private(set) var bytes = 0
  private static let alignment = 64

  /// Lifetimes run from the instruction that writes a slot to the last that reads it; pinned slots, those of
  /// `placing` too that no instruction touches (an input that is an output), live throughout.
  init(slots: [Slot], instructions: [Instruction], placing: Set<Int> = []) {
    offsets = [Int?](repeating: nil, count: slots.count)
    var first = [Int](repeating: Int.max, count: slots.count)
    var last = [Int](repeating: -1, count: slots.count)
    for (time, instruction) in instructions.enumerated() {
      for slot in instruction.inputs + instruction.outputs {
        first[slot.index] = min(first[slot.index], time)
        last[slot.index] = max(last[slot.index], time)
      }
    }
    for (index, slot) in slots.enumerated() where slot.pinned && (last[index] >= 0 || placing.contains(index)) {
      (first[index], last[index]) = (0, instructions.count)
    }

    // Where an output takes over an input's memory both are one block.
    var block = Array(0..<slots.count)
    func isArena(_ index: Int) -> Bool { if case .arena = slots[index].place { true } else { false } }
    for (time, instruction) in instructions.enumerated() {
      guard let output = instruction.outputs.first?.index, isArena(output), !slots[output].pinned, first[output] == time
      else { continue }
      for position in instruction.mayOverwrite {
        let input = instruction.inputs[position].index
        guard isArena(input), !slots[input].pinned, input != output, slots[input].bytes == slots[output].bytes,
          last[input] == time, instruction.inputs.filter({ $0.index == input }).count == 1
        else { continue }
        block[output] = block[input]
        break
      }
    }
    var members = [[Int]](repeating: [], count: slots.count)
    for index in slots.indices where isArena(index) && last[index] >= 0 { members[block[index]].append(index) }

    // Largest first, each at the lowest place that is free over its lifetime.
    struct Placed { let start: Int, end: Int, offset: Int, bytes: Int }
    var placed: [Placed] = []
    let order = members.indices.filter { !members[$0].isEmpty }.sorted { a, b in
      (slots[a].bytes, b) > (slots[b].bytes, a)
    }
    for root in order {
      let start = members[root].map { first[$0] }.min() ?? 0
      let end = members[root].map { last[$0] }.max() ?? 0
      let size = (max(slots[root].bytes, 1) + Self.alignment - 1) & ~(Self.alignment - 1)
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
