/// Terms by their hash, with their own text beside it, so that two of the same hash stay two.
struct TermIndex: Sendable {
  /// Open addressing: numbers of terms, -1 for none.
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var bytes: [UInt8] = []

  init(capacity: Int = 16) {
    var size = 32
    while size < capacity &* 2 { size &*= 2 }
    slots = [Int32](repeating: -1, count: size)
  }

  init(_ terms: [String]) {
    self.init(capacity: terms.count)
    for term in terms { add(term) }
  }

  var count: Int { hashes.count }

  /// A term with words parted by one space; a number is given to each text, in the order of the adding. A second one of the
  /// same text gets the number of the first.
  @discardableResult
  mutating func add(_ term: String) -> Int {
    let text = Array(term.utf8)
    let hash = WordHash.term(term)
    if let known = find(hash, text, 0, text.count) { return known }
    if (count + 1) * 2 > slots.count { grow() }
    let number = count
    hashes.append(hash)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    insert(number)
    return number
  }

  /// The number of the term with these bytes.
  @inline(__always)
  func find(_ hash: UInt64, _ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash &>> 17) & mask
    while true {
      let number = Int(slots[slot])
      if number < 0 { return nil }
      if hashes[number] == hash, isSame(number, text, start, end) { return number }
      slot = (slot &+ 1) & mask
    }
  }

  private func isSame(_ number: Int, _ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
    let own = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - own == end - start else { return false }
    for offset in 0..<end - start where bytes[own + offset] != text[start + offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in hashes.indices { insert(number) }
  }

  private mutating func insert(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hashes[number] >> 17) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }
}
