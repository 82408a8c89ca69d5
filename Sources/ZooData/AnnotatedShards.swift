import ZooArchive

/// WebDataset shards whose classes follow from the annotations in each sample's `.json`: lists of objects, say, which are
/// no label by themselves. Each annotation is read once, when the set is opened, and not kept.
public struct AnnotatedShards: ImageFileDataset {
  public let origin: String
  public let classes: [String] = []
  public let classCount: Int
  private let files: ShardFiles
  private let names: NameTable
  private let places: [Place]
  private let labels: [Int32]

  private struct Place: Sendable {
    let offset: Int
    let size: Int32
    let shard: Int32
  }

  private static let annotationLimit = 16 << 20

  /// - Parameters:
  ///   - pattern: see `shardFiles`.
  ///   - classCount: of the labels; nil: as many as are found.
  ///   - label: the class of a sample with this annotation; throws a text that says what is wrong with it.
  /// - Throws: `DataError.table` at the sample, `ArchiveError` for a file that is no intact tar.
  public init(
    _ pattern: String, classCount: Int? = nil, label: (JSONObject) throws(AnnotationProblem) -> Int
  ) throws {
    files = ShardFiles(try shardFiles(pattern))
    var (names, places, labels) = (NameTable(), [Place](), [Int32]())
    for (shard, path) in files.paths.enumerated() {
      let tar = try TarIndex(path)
      for sample in samples(tar.members) {
        guard let image = try sample.image(path) else { continue }
        guard image.size <= Int32.max else { throw DataError.table(place: "\(path)/\(image.name)", .imageTooLarge) }
        guard let member = sample.members.first(where: { $0.name.lowercased().hasSuffix(".json") }) else {
          throw DataError.table(place: "\(path)/\(image.name)", .annotation("has no .json beside it"))
        }
        let place = "\(path)/\(member.name)"
        let value = try JSONValue(
          parsing: try tar.bytes(of: member, limit: Self.annotationLimit), file: path, member: member.name)
        guard case .object(let object) = value else { throw DataError.table(place: place, .notObject) }
        let found: Int
        do { found = try label(object) } catch { throw DataError.table(place: place, .annotation(error.text)) }
        guard found >= 0, found < classCount ?? 10_000_000 else {
          throw DataError.table(place: place, .annotation("gives the class \(found), of \(classCount ?? 0)"))
        }
        names.append(image.name)
        places.append(Place(offset: image.dataOffset, size: Int32(image.size), shard: Int32(shard)))
        labels.append(Int32(found))
      }
    }
    guard !places.isEmpty else { throw DataError.noSamples(pattern) }
    origin = pattern
    (self.names, self.places, self.labels) = (names, places, labels)
    self.classCount = classCount ?? Int(labels.max() ?? 0) + 1
  }

  public var count: Int { places.count }
  public func label(at index: Int) -> Int { Int(labels[index]) }
  public func place(at index: Int) -> String { name(at: index) }
  public func name(at index: Int) -> String { "\(files.paths[Int(places[index].shard)])/\(names[index])" }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] {
    let place = places[index]
    return try files.read(
      Int(place.shard), offset: place.offset, count: min(Int(place.size), first ?? Int(place.size)))
  }
}

/// What is wrong with a sample's annotation.
public struct AnnotationProblem: Error, Sendable {
  public let text: String
  public init(_ text: String) { self.text = text }
}
