import ZooArchive

/// Sorts any number of (key, number, node) by key, in memory that does not grow with them: sorted runs go to files.
struct KeySorter {
  struct Entry: Equatable {
    /// What records have in common.
    let key: UInt64
    /// Of the record.
    let number: Int
    /// What the split keeps together.
    let node: UInt64
    /// Of its image, where that decides.
    var look: ImageLook?
  }

  private struct Place: Comparable {
    let key: UInt64
    let number: Int

    init(_ entry: Entry) { (key, number) = (entry.key, entry.number) }

    static func < (a: Place, b: Place) -> Bool { (a.key, a.number) < (b.key, b.number) }
  }

  private let limit: Int
  private let output: String
  private var entries: [Entry] = []
  private var runs: [ScratchFile] = []

  init(limit: Int = 1 << 20, beside output: String) { (self.limit, self.output) = (limit, output) }

  mutating func add(_ entry: Entry) throws {
    entries.append(entry)
    if entries.count >= limit { try spill() }
  }

  private mutating func spill() throws {
    guard !entries.isEmpty else { return }
    entries.sort { ($0.key, $0.number) < ($1.key, $1.number) }
    let file = try ScratchFile(beside: output)
    var bytes = ByteWriter()
    for entry in entries {
      bytes.add(entry.key)
      bytes.add(UInt64(entry.number))
      bytes.add(entry.node)
      bytes.add(variable: entry.look == nil ? 0 : 1)
      if let look = entry.look { bytes.add(look) }
      if bytes.bytes.count >= 1 << 16 {
        try file.write(bytes.bytes)
        bytes.bytes.removeAll(keepingCapacity: true)
      }
    }
    try file.write(bytes.bytes)
    try file.flush()
    runs.append(file)
    entries.removeAll(keepingCapacity: true)
  }

  /// Calls `body` with each entry whose key an earlier record has, and with that one: the first, or, where looks decide, each
  /// of the first 64 that looks like it.
  mutating func forEachRepeat(distance: Int = 0, _ body: (_ first: Entry, _ repeated: Entry) throws -> Void) throws {
    try spill()
    var streams = try runs.map { try $0.stream() }
    func next(_ stream: inout ByteStream) throws -> Entry? {
      guard !stream.isAtEnd else { return nil }
      return Entry(
        key: try stream.unsigned(), number: Int(truncatingIfNeeded: try stream.unsigned()), node: try stream.unsigned(),
        look: try stream.count(1) == 1 ? try stream.imageLook() : nil)
    }
    var heap = RunHeap<Place>()
    var heads: [Entry?] = []
    for run in streams.indices {
      heads.append(try next(&streams[run]))
      if let head = heads[run] { heap.push(Place(head), run: run) }
    }
    var bucket: [Entry] = []
    while let run = heap.least?.run, let entry = heads[run] {
      heap.pop()
      heads[run] = try next(&streams[run])
      if let head = heads[run] { heap.push(Place(head), run: run) }
      guard let first = bucket.first, first.key == entry.key else {
        bucket = [entry]
        continue
      }
      guard let look = entry.look else {
        try body(first, entry)
        continue
      }
      for other in bucket where other.look?.isLike(look, distance: distance) == true { try body(other, entry) }
      if bucket.count < 64 { bucket.append(entry) }
    }
  }
}
