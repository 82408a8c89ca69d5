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

  /// All of an image, of at most 1 GiB.
  func bytes(_ record: LabelledRecord) throws -> [UInt8] {
    let source = try source(record)
    guard source.size <= 1 << 30 else { throw AnnotateError.file(path(record), "is larger than 1 GiB") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.size)
    try source.forEachBlock { bytes.append(contentsOf: $0) }
    return bytes
  }
}
