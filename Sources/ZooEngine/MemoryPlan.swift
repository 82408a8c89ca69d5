/// Places slots so that those which live at the same time do not overlap: into the room of gradients that are not
/// written yet where there is one, else into an arena.
struct MemoryPlan {
  /// Where a slot lies, in bytes from the beginning of the arena or of the gradients.
  enum Place { case arena(Int), gradients(Int) }
  /// A part of the gradients, in bytes.
  struct GradientPart {
    /// Nil for one that the program does not write.
    let slot: Int?
    let offset: Int, bytes: Int
  }
  /// The place of each arena slot; nil for others.
  private(set) var places: [Place?]
  private(set) var bytes = 0
  /// What lives at once where that is most: no plan needs less.
  let liveBytes: Int

  /// Lifetimes run from the instruction that writes a slot to the last that reads it; pinned slots, those of
  /// `placing` too that no instruction touches (an input that is an output), live throughout.
  ///
  /// - Parameter gradients: memory that is read after the run: its parts, and the slots whose instructions fill them. What
  ///   none fills must stay as it is.
  init(
    slots: [Slot], instructions: [Instruction], placing: Set<Int> = [],
    gradients: (bytes: Int, parts: [GradientPart]) = (0, [])
  ) {
    places = [Place?](repeating: nil, count: slots.count)
    let lives = Lifetimes(slots: slots, instructions: instructions, placing: placing)
    liveBytes = lives.mostBytes
    let (first, last, members) = (lives.first, lives.last, lives.members)

    // Largest first, each at the lowest place that is free over its lifetime.
    var (arena, room) = (Room(), Room())
    for part in gradients.parts {
      let written = part.slot.map { last[$0] >= 0 ? first[$0] : 0 } ?? 0
      room.placed.append(.init(start: written, end: .max, offset: part.offset, bytes: part.bytes))
    }
    let order = members.indices.filter { !members[$0].isEmpty }.sorted { a, b in
      (slots[a].bytes, b) > (slots[b].bytes, a)
    }
    for root in order {
      let start = members[root].map { first[$0] }.min() ?? 0
      let end = members[root].map { last[$0] }.max() ?? 0
      let size = slots[root].alignedBytes
      let place: Place
      // What is read after the run cannot make way, and small things are not worth the search.
      if size >= 4096, !slots[root].pinned, let offset = room.offset(size, start...end, limit: gradients.bytes) {
        room.placed.append(.init(start: start, end: end, offset: offset, bytes: size))
        place = .gradients(offset)
      } else {
        let offset = arena.offset(size, start...end, limit: .max) ?? 0
        arena.placed.append(.init(start: start, end: end, offset: offset, bytes: size))
        place = .arena(offset)
        bytes = max(bytes, offset + size)
      }
      for member in members[root] { places[member] = place }
    }
  }

  /// Memory in which places were given.
  private struct Room {
    struct Placed { let start: Int, end: Int, offset: Int, bytes: Int }
    var placed: [Placed] = []

    /// The lowest offset at which so many bytes are free all the time; nil where they would end above a limit.
    func offset(_ bytes: Int, _ time: ClosedRange<Int>, limit: Int) -> Int? {
      var offset = 0
      for other in placed.filter({ $0.start <= time.upperBound && time.lowerBound <= $0.end })
        .sorted(by: { $0.offset < $1.offset })
      {
        if offset + bytes <= other.offset { break }
        offset = max(offset, other.offset + other.bytes)
      }
      return limit == .max || offset + bytes <= limit ? offset : nil
    }
  }
}
