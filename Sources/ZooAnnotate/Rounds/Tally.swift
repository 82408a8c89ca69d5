import ZooArchive

/// Whole numbers about the records of a shard, and the first broken ones. Those of all shards are their sums.
struct Tally: Equatable {
  static let brokenLimit = 100

  private(set) var records = 0
  /// Of languages that are not kept.
  private(set) var foreign = 0
  private(set) var brokenCount = 0
  private(set) var words = 0
  /// The first ones in the order of the input.
  private(set) var broken: [BrokenRecord] = []

  init() {}

  mutating func add(words count: Int) {
    records += 1
    words += count
  }

  mutating func addForeign() { foreign += 1 }

  mutating func add(_ record: BrokenRecord) {
    brokenCount += 1
    if broken.count < Self.brokenLimit { broken.append(record) }
  }

  mutating func add(_ other: Tally) {
    records += other.records
    foreign += other.foreign
    brokenCount += other.brokenCount
    words += other.words
    broken = Array((broken + other.broken).sorted { $0.position < $1.position }.prefix(Self.brokenLimit))
  }

  var facts: JSONObject {
    [
      "records": .int(Int64(records)), "foreign": .int(Int64(foreign)), "broken": .int(Int64(brokenCount)),
      "words": .int(Int64(words)),
      "broken_records": .array(broken.map { .array([.int(Int64(bitPattern: $0.position)), .string($0.text)]) }),
    ]
  }

  init(_ part: Part) throws {
    records = try part.count("records")
    foreign = try part.count("foreign")
    brokenCount = try part.count("broken")
    words = try part.count("words")
    for item in part.facts["broken_records"]?.array ?? [] {
      guard let position = item[0]?.int, let text = item[1]?.string else {
        throw AnnotateError.file(part.path, "holds a broken list of broken records")
      }
      broken.append(BrokenRecord(position: UInt64(bitPattern: position), text: text))
    }
  }
}
