import ZooArchive

/// How many records have both of two terms: a table in memory, written to a file in sorted runs whenever it is full, and
/// joined in the end. The sums do not depend on when that was.
struct PairCounter {
  private let limit: Int
  private var slots: [UInt64]
  private var counts: [UInt32]
  private var count = 0
  private var runs: [ScratchFile] = []
  private let output: String

  /// - Parameters:
  ///   - limit: pairs in memory.
  ///   - output: the file that is being made, beside which runs lie.
  init(limit: Int, beside output: String) {
    (self.limit, self.output) = (limit, output)
    slots = [UInt64](repeating: .max, count: 1 << 12)
    counts = [UInt32](repeating: 0, count: 1 << 12)
  }

  /// - Parameter first: less than `second`.
  @inline(__always)
  mutating func add(_ first: Int32, _ second: Int32) throws {
    let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: WordHash.mix(key ^ 0x9FB2_1C65, 0x9E37_79B9_7F4A_7C15)) & mask
    while slots[slot] != .max {
      if slots[slot] == key {
        counts[slot] &+= 1
        // Never reached by one shard's records in practice; and then nothing is lost.
        if counts[slot] == .max { try spill() }
        return
      }
      slot = (slot &+ 1) & mask
    }
    slots[slot] = key
    counts[slot] = 1
    count &+= 1
    if count >= limit {
      try spill()
    } else if count &* 2 > slots.count {
      grow()
    }
  }

  private mutating func grow() {
    let (oldSlots, oldCounts) = (slots, counts)
    slots = [UInt64](repeating: .max, count: oldSlots.count * 2)
    counts = [UInt32](repeating: 0, count: slots.count)
    let mask = slots.count - 1
    for (index, key) in oldSlots.enumerated() where key != .max {
      var slot = Int(truncatingIfNeeded: WordHash.mix(key ^ 0x9FB2_1C65, 0x9E37_79B9_7F4A_7C15)) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = key
      counts[slot] = oldCounts[index]
    }
  }

  private mutating func spill() throws {
    guard count > 0 else { return }
    let file = try ScratchFile(beside: output)
    var bytes = ByteWriter()
    for index in slots.indices.filter({ slots[$0] != .max }).sorted(by: { slots[$0] < slots[$1] }) {
      bytes.add(slots[index])
      bytes.add(UInt64(counts[index]))
      if bytes.bytes.count >= 1 << 16 {
        try file.write(bytes.bytes)
        bytes.bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(bytes.bytes)
    try file.flush()
    runs.append(file)
    for index in slots.indices { slots[index] = .max }
    count = 0
  }

  /// All pairs in rising order into one file.
  mutating func finish() throws -> ScratchFile {
    try spill()
    let out = try ScratchFile(beside: output)
    var bytes = ByteWriter()
    try mergePairs(try runs.map { try $0.stream() }) { key, count in
      bytes.add(key)
      bytes.add(UInt64(count))
      if bytes.bytes.count >= 1 << 16 {
        try out.write(bytes.bytes)
        bytes.bytes.removeAll(keepingCapacity: true)
      }
    }
    try out.write(bytes.bytes)
    return out
  }
}

/// Joins sorted runs of pairs and counts; `body` gets each pair once, in rising order, with the sum of its counts.
func mergePairs(_ runs: [ByteStream], _ body: (_ key: UInt64, _ count: Int) throws -> Void) throws {
  var streams = runs
  var heap = RunHeap<UInt64>()
  for run in streams.indices where !streams[run].isAtEnd { heap.push(try streams[run].unsigned(), run: run) }
  var current: (key: UInt64, count: Int)?
  while let (key, run) = heap.least {
    heap.pop()
    let count = Int(truncatingIfNeeded: try streams[run].unsigned() & UInt64(Int64.max))
    if current?.key == key {
      current?.count &+= count
    } else {
      if let current { try body(current.key, current.count) }
      current = (key, count)
    }
    guard !streams[run].isAtEnd else { continue }
    let next = try streams[run].unsigned()
    guard next > key else { throw streams[run].wrong("is not in order") }
    heap.push(next, run: run)
  }
  if let current { try body(current.key, current.count) }
}
