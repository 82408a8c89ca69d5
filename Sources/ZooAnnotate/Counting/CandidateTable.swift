/// The terms of the highest estimates among those seen, with exact counts of the records that have them.
///
/// A term's estimate comes from the merged sketch and does not change, so the best `limit` of all records are among the best
/// of each shard, from their first record on: whatever the shards, the merged table is the same, and its counts are exact.
struct CandidateTable {
  struct Candidate: Equatable {
    let text: String
    let estimate: Int64
    var records: Int64
  }

  private let limit: Int
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []
  private var estimates: [Int64] = []
  private var counts: [Int64] = []
  /// Of the worst that the last pruning kept: what is below cannot come in.
  private var floor: Int64 = 0

  init(limit: Int) {
    self.limit = limit
    slots = [Int32](repeating: -1, count: 1 << 12)
  }

  var count: Int { hashes.count }

  /// Counts a record for a term; `estimate` is asked where it is new.
  @inline(__always)
  mutating func add(_ hash: UInt64, _ text: [UInt8], _ start: Int, _ end: Int, estimate: Int64) {
    guard estimate >= floor else { return }
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash &>> 17) & mask
    while true {
      let number = Int(slots[slot])
      if number < 0 { break }
      if hashes[number] == hash, isSame(number, text, start, end) {
        counts[number] &+= 1
        return
      }
      slot = (slot &+ 1) & mask
    }
    append(hash, text[start..<end], estimate, 1)
  }

  private func isSame(_ number: Int, _ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
    let own = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - own == end - start else { return false }
    for offset in 0..<end - start where bytes[own + offset] != text[start + offset] { return false }
    return true
  }

  private mutating func append(_ hash: UInt64, _ text: ArraySlice<UInt8>, _ estimate: Int64, _ records: Int64) {
    if count >= limit * 2 { prune() }
    guard estimate >= floor else { return }
    if (count + 1) * 2 > slots.count {
      slots = [Int32](repeating: -1, count: slots.count * 2)
      for number in hashes.indices { place(number) }
    }
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    estimates.append(estimate)
    counts.append(records)
    place(count - 1)
  }

  private mutating func place(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hashes[number] >> 17) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }

  private func text(_ number: Int) -> ArraySlice<UInt8> { bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]] }

  /// The best of what is there, best first; equally good ones in byte order.
  private func best() -> [Int] {
    let order = hashes.indices.sorted {
      estimates[$0] != estimates[$1] ? estimates[$0] > estimates[$1] : text($0).lexicographicallyPrecedes(text($1))
    }
    return Array(order.prefix(limit))
  }

  private mutating func prune() {
    let kept = best()
    var smaller = CandidateTable(limit: limit)
    smaller.slots = [Int32](repeating: -1, count: slots.count)
    for number in kept {
      smaller.append(hashes[number], text(number), estimates[number], counts[number])
    }
    smaller.floor = max(floor, kept.last.map { estimates[$0] } ?? 0)
    self = smaller
  }

  /// At most `limit`, in byte order.
  var candidates: [Candidate] {
    best().map {
      Candidate(text: String(decoding: text($0), as: UTF8.self), estimate: estimates[$0], records: counts[$0])
    }.sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
  }

  /// The table of the union of parts' records, from what each kept.
  static func merged(_ parts: [[Candidate]], limit: Int) -> [Candidate] {
    var sums: [String: Candidate] = [:]
    for candidate in parts.joined() {
      if let known = sums[candidate.text] {
        sums[candidate.text]?.records = known.records + candidate.records
      } else {
        sums[candidate.text] = candidate
      }
    }
    let order = sums.values.sorted {
      $0.estimate != $1.estimate
        ? $0.estimate > $1.estimate : $0.text.utf8.lexicographicallyPrecedes($1.text.utf8)
    }
    return order.prefix(limit).sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
  }
}
