import ZooArchive

/// The members of one sample.
struct ShardSample {
  let key: String
  var members: [TarMember]

  /// The sample's image; nil where it has none.
  /// - Throws: `DataError.table` where it has two.
  func image(_ shard: String) throws -> TarMember? {
    let images = members.filter { ImageFormat.fileExtensions.contains(sampleExtension($0.name).lowercased()) }
    if images.count > 1 {
      throw DataError.table(
        place: "\(shard)/\(images[1].name)", .severalImages(sampleExtension(images[0].name)))
    }
    return images.first
  }
}

/// Neighbours with the same name up to the first dot belong together; hidden files are passed over.
func samples(_ members: [TarMember]) -> [ShardSample] {
  var samples: [ShardSample] = []
  for member in members {
    let key = String(member.name.dropLast(sampleExtension(member.name).count + 1))
    if (key.split(separator: "/").last ?? "").isEmpty
      || member.name.split(separator: "/").contains(where: { $0.hasPrefix(".") })
    {
      continue
    }
    if samples.last?.key == key {
      samples[samples.count - 1].members.append(member)
    } else {
      samples.append(ShardSample(key: key, members: [member]))
    }
  }
  return samples
}

/// What follows the first dot of a file's name.
func sampleExtension(_ name: String) -> String {
  let file = name.split(separator: "/").last ?? ""
  guard let dot = file.firstIndex(of: ".") else { return "" }
  return String(file[file.index(after: dot)...])
}

/// A sample's labels by column.
struct SampleLabels {
  private(set) var keys: [String] = []
  private(set) var used: [String] = []
  private var values: [(value: TableCell, member: String)] = []
  private var positions: [String: Int] = [:]

  private static let memberLimit = 16 << 20

  init(_ sample: ShardSample, in tar: TarIndex) throws {
    for member in sample.members {
      let kind = sampleExtension(member.name).lowercased()
      guard ["cls", "txt", "json"].contains(kind) else { continue }
      used.append(member.name)
      let bytes = try tar.bytes(of: member, limit: Self.memberLimit)
      if kind == "json" {
        guard case .object(let object) = try JSONValue(parsing: bytes, file: tar.path, member: member.name) else {
          throw DataError.table(place: "\(tar.path)/\(member.name)", .notObject)
        }
        for (key, value) in object.members { add(key, .json(value), member.name) }
      } else {
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw DataError.table(place: "\(tar.path)/\(member.name)", .notUTF8)
        }
        guard text.isStreamSafe else { throw DataError.table(place: "\(tar.path)/\(member.name)", .tooManyMarks) }
        let trimmed = text.drop(while: \.isWhitespace)
        let end = trimmed.lastIndex { !$0.isWhitespace }
        add(kind, .text(end.map { String(trimmed[...$0]) } ?? ""), member.name)
      }
    }
  }

  private mutating func add(_ key: String, _ value: TableCell, _ member: String) {
    guard positions[key] == nil else { return }
    positions[key] = keys.count
    keys.append(key)
    values.append((value, member))
  }

  subscript(_ key: String) -> TableCell? { positions[key].map { values[$0].value } }

  /// The member that a column comes from.
  func place(of key: String) -> String { positions[key].map { values[$0].member } ?? used.first ?? key }
}
