/// When the slots of a program hold what is still to be read, and which share one memory.
struct Lifetimes {
  /// The instructions that first write and last read each slot; `Int.max` and -1 for one that none touches.
  private(set) var first: [Int], last: [Int]
  /// Slots of one memory by the slot that had it first; empty for the others and for what lies outside the arena.
  private(set) var members: [[Int]]
  /// What lives at once where that is most.
  private(set) var mostBytes = 0

  /// Lifetimes run from the instruction that writes a slot to the last that reads it; pinned slots, those of
  /// `placing` too that no instruction touches (an input that is an output), live throughout.
  init(slots: [Slot], instructions: [Instruction], placing: Set<Int> = []) {
    first = [Int](repeating: Int.max, count: slots.count)
    last = [Int](repeating: -1, count: slots.count)
    members = [[Int]](repeating: [], count: slots.count)
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
          slots[input].isWhole == slots[output].isWhole,
          last[input] == time, instruction.inputs.filter({ $0.index == input }).count == 1
        else { continue }
        block[output] = block[input]
        break
      }
    }
    extendOverRuns(slots, instructions)
    for index in slots.indices where isArena(index) && last[index] >= 0 { members[block[index]].append(index) }

    var change = [Int](repeating: 0, count: instructions.count + 2)
    for (root, members) in members.enumerated() where !members.isEmpty {
      change[members.map { first[$0] }.min() ?? 0] += slots[root].alignedBytes
      change[(members.map { last[$0] }.max() ?? 0) + 1] -= slots[root].alignedBytes
    }
    var living = 0
    for step in change {
      living += step
      mostBytes = max(mostBytes, living)
    }
  }
}

extension Lifetimes {
  /// Instructions of a run are called again for the next portion of the batch, so what has something for all images must
  /// not lie where values of a portion do at any time of the run.
  private mutating func extendOverRuns(_ slots: [Slot], _ instructions: [Instruction]) {
    var begin = 0
    while begin < instructions.count {
      var end = begin + 1
      while end < instructions.count, instructions[end].run == instructions[begin].run { end += 1 }
      if instructions[begin].run != nil {
        for instruction in instructions[begin..<end] {
          for slot in (instruction.inputs + instruction.outputs).map(\.index) where slots[slot].isWhole {
            (first[slot], last[slot]) = (min(first[slot], begin), max(last[slot], end - 1))
          }
        }
      }
      begin = end
    }
  }
}

extension Slot {
  /// Every slot begins at a multiple of 64 bytes.
  var alignedBytes: Int { (max(bytes, 1) + 63) & ~63 }
}
