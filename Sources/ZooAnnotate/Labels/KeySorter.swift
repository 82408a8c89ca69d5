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
  }

  private let limit: Int
  private let output: String
  private var entries: [Entry] = []
  private var runs: [ScratchFile] = []

  init(limit: Int = 1 << 21, beside output: String) { (self.limit, self.output) = (limit, output) }

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

  /// Calls `body` with each entry whose key an earlier record has, and with that first one.
  mutating func forEachRepeat(_ body: (_ first: Entry, _ repeated: Entry) throws -> Void) throws {
    try spill()
    var streams = try runs.map { try $0.stream() }
    func next(_ stream: inout ByteStream) throws -> Entry? {
      guard !stream.isAtEnd else { return nil }
      return Entry(
        key: try stream.unsigned(), number: Int(truncatingIfNeeded: try stream.unsigned()), node: try stream.unsigned())
    }
    var heads: [Entry?] = []
    for index in streams.indices { heads.append(try next(&streams[index])) }
    var first: Entry?
    while true {
      var least: (place: Int, entry: Entry)?
      for (place, head) in heads.enumerated() {
        guard let head else { continue }
        if let found = least, (found.entry.key, found.entry.number) <= (head.key, head.number) { continue }
        least = (place, head)
      }
      guard let least else { return }
      heads[least.place] = try next(&streams[least.place])
      if let first, first.key == least.entry.key {
        try body(first, least.entry)
      } else {
        first = least.entry
      }
    }
  }
}
