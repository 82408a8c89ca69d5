/// Which activations a training program computes again in the backward pass instead of keeping them from the forward
/// pass. What is computed again is computed by the same kernels from the same operands, so no choice changes a bit.
public enum Recompute: String, Sendable, CaseIterable {
  /// What costs next to nothing to compute: normalisations, activation functions, standardised and packed weights.
  case auto
  /// Nothing: every activation that a gradient needs is kept.
  case none
  /// All but what crosses between blocks (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
  case blocks
}

/// The instructions of a training program with some of the forward pass repeated where the backward pass needs it.
///
/// An instruction is repeated once, just before the first of its results is read; results and statistics of the repeated
/// one then stand for the first one's, whose memory is free since its last reader of the forward pass.
struct Recomputation {
  private(set) var instructions: [Instruction]
  private(set) var slots: [Slot]
  private let forward: Int
  /// The forward instruction that writes a slot; nil where it cannot be repeated.
  private var writer: [Int?]
  /// For each slot the first and the last backward instruction that reads it; -1 where none does.
  private var firstUse: [Int], lastUse: [Int]

  /// - Parameter forward: how many instructions from the first on make the losses; the others make gradients.
  init(_ instructions: [Instruction], slots: [Slot], forward: Int) {
    (self.instructions, self.slots, self.forward) = (instructions, slots, forward)
    writer = [Int?](repeating: nil, count: slots.count)
    (firstUse, lastUse) = ([Int](repeating: -1, count: slots.count), [Int](repeating: -1, count: slots.count))
    var writers = [Int](repeating: 0, count: slots.count)
    for instruction in instructions { for slot in instruction.outputs { writers[slot.index] += 1 } }
    for (index, instruction) in instructions.prefix(forward).enumerated() where instruction.isRepeatable {
      let outputs = instruction.outputs.map(\.index)
      guard outputs.allSatisfy({ isFree($0) && writers[$0] == 1 }) else { continue }
      for slot in outputs { writer[slot] = index }
    }
    for (index, instruction) in instructions.enumerated().dropFirst(forward) {
      for slot in instruction.inputs {
        if firstUse[slot.index] < 0 { firstUse[slot.index] = index }
        lastUse[slot.index] = index
      }
    }
  }

  mutating func apply(_ choice: Recompute) {
    guard forward < instructions.count else { return }
    switch choice {
    case .none: return
    case .auto: instructions = repeating(cheap())
    case .blocks: instructions = smallest(blockwise())
    }
  }

  private func isFree(_ slot: Int) -> Bool {
    if case .arena = slots[slot].place { !slots[slot].pinned } else { false }
  }

  // MARK: what is cheap

  /// Forward instructions without products whose operands are there anyway when their results are read again.
  private func cheap() -> Set<Int> {
    var chosen = Set<Int>()
    for (index, instruction) in instructions.prefix(forward).enumerated() where instruction.flops == 0 {
      let outputs = instruction.outputs.map(\.index)
      let used = outputs.filter { writer[$0] == index && firstUse[$0] >= 0 }
      guard let time = used.map({ firstUse[$0] }).min() else { continue }
      // Statistics alone are not worth the pass that makes them.
      let (all, saved) = (outputs.reduce(0) { $0 + slots[$1].bytes }, used.reduce(0) { $0 + slots[$1].bytes })
      guard saved >= Self.leastBytes, 4 * saved >= all else { continue }
      if let also = sources(of: index, at: time, depth: 3) { chosen.formUnion(also) }
    }
    return chosen
  }

  /// Less than this is not worth a kernel.
  private static let leastBytes = 1 << 14

  /// The instructions to repeat for one at a time, itself included; nil where operands would have to be kept for it.
  private func sources(of index: Int, at time: Int, depth: Int) -> Set<Int>? {
    var all: Set<Int> = [index]
    for input in instructions[index].inputs.map(\.index) where isFree(input) && lastUse[input] < time {
      guard let source = writer[input], depth > 0, instructions[source].flops == 0,
        let more = sources(of: source, at: time, depth: depth - 1)
      else { return nil }
      all.formUnion(more)
    }
    return all
  }

  // MARK: blocks

  /// Choices of what to repeat, from short blocks to long ones.
  private func blockwise() -> [Set<Int>] {
    let all = Set((0..<forward).filter { index in instructions[index].outputs.contains { writer[$0.index] == index } })
    // What depends on parameters alone belongs to no block.
    var varies = [Bool](repeating: false, count: slots.count)
    for (index, slot) in slots.enumerated() { if case .persistent = slot.place { varies[index] = true } }
    for instruction in instructions.prefix(forward) where instruction.inputs.contains(where: { varies[$0.index] }) {
      for slot in instruction.outputs { varies[slot.index] = true }
    }
    var last = [Int](repeating: -1, count: slots.count)
    for (index, instruction) in instructions.prefix(forward).enumerated() {
      for slot in instruction.inputs { last[slot.index] = index }
    }
    // Bytes that cross from before each place to behind it, and that are made up to it.
    var (crossing, made) = ([Int](repeating: 0, count: forward), [Int](repeating: 0, count: forward))
    var living = Set<Int>()
    var (bytes, total) = (0, 0)
    for (index, instruction) in instructions.prefix(forward).enumerated() {
      for slot in instruction.outputs.map(\.index) where varies[slot] && isFree(slot) {
        total += slots[slot].bytes
        if last[slot] > index, living.insert(slot).inserted { bytes += slots[slot].bytes }
      }
      for slot in instruction.inputs.map(\.index) where last[slot] == index {
        if living.remove(slot) != nil { bytes -= slots[slot].bytes }
      }
      (crossing[index], made[index]) = (bytes, total)
    }
    // Places where less crosses than at their neighbours.
    let places = (0..<forward).filter { place in
      place + 1 < forward && crossing[place] > 0 && crossing[place] <= crossing[place + 1]
        && (place == 0 || crossing[place] <= crossing[place - 1])
    }
    var (choices, tried) = ([Set<Int>](), Set<[Int]>())
    var size = total
    while size > 0, choices.count < 40 {
      var (cuts, start) = ([Int](), 0)
      for (position, place) in places.enumerated() {
        let next = position + 1 < places.count ? made[places[position + 1]] : total
        if next - start > size, made[place] > start {
          cuts.append(place)
          start = made[place]
        }
      }
      if tried.insert(cuts).inserted {
        var kept = Set<Int>()
        for slot in slots.indices where varies[slot] {
          guard let source = writer[slot], last[slot] > source else { continue }
          if cuts.contains(where: { source <= $0 && $0 < last[slot] }) { kept.insert(source) }
        }
        // The last block's activations are there when the backward pass begins with it.
        choices.append(all.filter { $0 <= (cuts.last ?? -1) && !kept.contains($0) })
      }
      size = size * 4 / 5
    }
    return choices
  }

  /// Of several choices the one that needs least memory; among those within a fiftieth of it the one that computes least.
  private mutating func smallest(_ choices: [Set<Int>]) -> [Instruction] {
    var results: [(choice: Set<Int>, bytes: Int, flops: Int)] = []
    for choice in choices {
      var copy = self
      let candidate = copy.repeating(choice)
      let bytes = Lifetimes(slots: copy.slots, instructions: candidate).mostBytes
      results.append((choice, bytes, candidate.reduce(0) { $0 + $1.flops }))
    }
    let least = results.map(\.bytes).min() ?? 0
    let best = results.filter { $0.bytes <= least + least / 50 }.min { ($0.flops, $0.bytes) < ($1.flops, $1.bytes) }
    return best.map { repeating($0.choice) } ?? instructions
  }

  // MARK: repeating

  /// The instructions with those of a set repeated for the backward pass.
  private mutating func repeating(_ chosen: Set<Int>) -> [Instruction] {
    var result = Array(instructions.prefix(forward))
    var place: [Int: SlotID] = [:]
    for instruction in instructions.dropFirst(forward) {
      var (stack, again) = (instruction.inputs.map(\.index), Set<Int>())
      while let slot = stack.popLast() {
        guard place[slot] == nil, let source = writer[slot], chosen.contains(source), again.insert(source).inserted
        else { continue }
        stack += instructions[source].inputs.map(\.index)
      }
      for source in again.sorted() {
        var copy = instructions[source]
        copy.again = true
        copy.inputs = copy.inputs.map { place[$0.index] ?? $0 }
        copy.outputs = copy.outputs.map { old in
          slots.append(slots[old.index])
          place[old.index] = SlotID(index: slots.count - 1)
          return SlotID(index: slots.count - 1)
        }
        result.append(copy)
      }
      var moved = instruction
      moved.inputs = moved.inputs.map { place[$0.index] ?? $0 }
      result.append(moved)
    }
    return result
  }
}

extension Instruction {
  /// Plugins' own functions are called once a step: nothing says that they give the same twice.
  fileprivate var isRepeatable: Bool { implementation != pluginImplementation }
}
