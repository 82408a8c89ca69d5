import ZooArchive

/// A sample of a WebDataset shard: an image, and what is written beside it.
public struct TextSample {
  /// What lies beside an image.
  public struct Texts {
    /// nil where the sample has no image.
    public let image: TarMember?
    /// Of the member `.json`.
    public let object: JSONObject?
    /// UTF-8 of the member `.txt`.
    public let text: [UInt8]?
  }

  /// The name that its members share.
  public var name: String { sample.key }
  /// Where the data of its first member begin in the file.
  public let offset: Int
  fileprivate let sample: ShardSample
  fileprivate let tar: TarIndex

  /// - Parameter limit: bytes of the longest text.
  /// - Throws: `DataError` or `ArchiveError` for what cannot be read.
  public func texts(limit: Int) throws -> Texts {
    var object: JSONObject?
    var text: [UInt8]?
    for member in sample.members {
      switch sampleExtension(member.name).lowercased() {
      case "json":
        let bytes = try tar.bytes(of: member, limit: limit)
        guard case .object(let found) = try JSONValue(parsing: bytes, file: tar.path, member: member.name) else {
          throw DataError.table(place: "\(tar.path)/\(member.name)", .notObject)
        }
        object = found
      case "txt":
        let bytes = try tar.bytes(of: member, limit: limit)
        guard String(validating: bytes, as: UTF8.self) != nil else {
          throw DataError.table(place: "\(tar.path)/\(member.name)", .notUTF8)
        }
        text = bytes
      default: break
      }
    }
    return Texts(image: try sample.image(tar.path), object: object, text: text)
  }
}

/// Calls `body` with each sample of a shard in its order; those without any image or text are passed over.
public func forEachTextSample(_ path: String, _ body: (TextSample) throws -> Void) throws {
  let tar = try TarIndex(path)
  for sample in samples(tar.members) {
    let kinds = sample.members.map { sampleExtension($0.name).lowercased() }
    guard kinds.contains(where: { ImageFormat.fileExtensions.contains($0) || $0 == "json" || $0 == "txt" }) else {
      continue
    }
    try body(TextSample(offset: sample.members[0].dataOffset, sample: sample, tar: tar))
  }
}
