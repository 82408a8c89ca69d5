/// A record with its labels, as a map step leaves it.
struct LabelledRecord: Equatable {
  struct Given: Equatable {
    let label: Int32
    /// 0 to 1.
    let score: Float
  }

  /// What records can have in common: hashes, 0 where there is nothing.
  struct Keys: Equatable {
    var id: UInt64 = 0
    var url: UInt64 = 0
    var text: UInt64 = 0
    var image: UInt64 = 0
    var group: UInt64 = 0
  }

  var position: UInt64
  /// The path of the image as the record has it, or its name in the shard.
  var image: [UInt8]
  /// In the shard; 0 and 0 for a file of its own.
  var offset = 0
  var size = 0
  var keys: Keys
  /// What the image looks like; nil where nobody asked, or it has nothing to compare.
  var look: ImageLook?
  /// The name of the group; empty without one.
  var group: [UInt8]
  /// The best first.
  var labels: [Given]

  var file: Int { Int(position >> 40) }
}

extension ByteWriter {
  mutating func add(_ record: LabelledRecord) {
    add(record.position)
    add(record.image)
    add(variable: UInt64(record.offset))
    add(variable: UInt64(record.size))
    for key in [record.keys.id, record.keys.url, record.keys.text, record.keys.image, record.keys.group] { add(key) }
    add(record.group)
    add(variable: record.look == nil ? 0 : 1)
    if let look = record.look { add(look) }
    add(variable: UInt64(record.labels.count))
    for given in record.labels {
      add(variable: UInt64(given.label))
      add(given.score)
    }
  }
}

extension ByteStream {
  mutating func labelledRecord(labels count: Int, files: Int) throws -> LabelledRecord {
    let position = try unsigned()
    guard Int(position >> 40) < files else { throw wrong("names a file that is not there") }
    let image = try text()
    let (offset, size) = (try self.count(1 << 50), try self.count(1 << 50))
    let keys = LabelledRecord.Keys(
      id: try unsigned(), url: try unsigned(), text: try unsigned(), image: try unsigned(), group: try unsigned())
    let group = try text()
    let look = try self.count(1) == 1 ? try imageLook() : nil
    var labels: [LabelledRecord.Given] = []
    for _ in 0..<(try self.count(1 << 10)) {
      let label = Int32(try self.count(max(count - 1, 0)))
      labels.append(LabelledRecord.Given(label: label, score: try float()))
    }
    return LabelledRecord(
      position: position, image: image, offset: offset, size: size, keys: keys, look: look, group: group,
      labels: labels)
  }
}
