import ZooArchive
import ZooData

/// Where the images of records lie.
struct ImagePlaces {
  private let files: [String]

  /// - Parameter files: those of the records.
  init(_ files: [String]) { self.files = files }

  /// The file of a record's image, or the shard that holds it.
  func path(_ record: LabelledRecord) -> String {
    let file = files[record.file]
    if record.size > 0 || record.offset > 0 { return file }
    let image = String(decoding: record.image, as: UTF8.self)
    guard !image.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return image }
    return file[...slash] + image
  }

  /// The bytes of an image, as a member of a tar takes them.
  func source(_ record: LabelledRecord) throws -> ByteSource {
    record.size > 0 || record.offset > 0
      ? try ByteSource(path(record), offset: record.offset, size: record.size) : try ByteSource(path(record))
  }

  /// Of the image's bytes; 0 where it cannot be read, which training will say.
  func digest(_ record: LabelledRecord) throws -> UInt64 {
    guard let source = try? source(record) else { return 0 }
    var hasher = StreamingDigest()
    try source.forEachBlock { hasher.update($0) }
    return max(UInt64(hasher.hex().prefix(16), radix: 16) ?? 1, 1)
  }
}
