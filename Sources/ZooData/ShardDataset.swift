import ZooArchive

/// WebDataset shards: tar files of samples, read where they lie and never unpacked.
///
/// Members that follow one another with the same name up to the first dot are a sample: an image (`.jpg`, `.jpeg`,
/// `.png`, `.webp`) and labels: `.cls` holds a class, `.txt` a name, `.json` an object whose keys are columns. Other
/// members are passed over. Opening reads every header once, seeking past the images, and the labels; what is kept of a
/// sample is its name, where its image lies, and its labels.
public struct ShardDataset: ImageFileDataset, TabledDataset {
  public let origin: String
  /// Members that are not used, one line each.
  public let notes: [String]
  private let files: ShardFiles
  private let names: NameTable
  private let places: [Place]
  let table: LabelTable

  /// Where an image lies.
  private struct Place: Sendable {
    let offset: Int
    let size: Int32
    let shard: Int32
  }

  /// - Parameter pattern: see `shardFiles`.
  /// - Throws: `DataError.table` for labels that cannot be read, `ArchiveError` for a file that is no intact tar.
  public init(_ pattern: String, options: TableOptions = TableOptions()) throws {
    files = ShardFiles(try shardFiles(pattern))
    var names = NameTable()
    var places: [Place] = []
    var strays = Strays()
    var columns: [String]?
    var builder: LabelTableBuilder?
    for (shard, path) in files.paths.enumerated() {
      let tar = try TarIndex(path)
      for sample in samples(tar.members) {
        guard let image = try sample.image(path) else {
          for member in sample.members { strays.add(member.name) }
          continue
        }
        guard image.size <= Int32.max else { throw DataError.table(place: "\(path)/\(image.name)", .imageTooLarge) }
        let labels = try SampleLabels(sample, in: tar)
        if builder == nil {
          do {
            let found = try columns ?? Self.columns(labels.keys, tar, options)
            columns = found
            builder = LabelTableBuilder(try TableRoles(options, columns: found, hasImages: false), options)
          } catch let problem as TableProblem {
            throw DataError.table(place: "\(path)/\(sample.key)", problem)
          }
        }
        names.append(image.name)
        places.append(Place(offset: image.dataOffset, size: Int32(image.size), shard: Int32(shard)))
        for member in sample.members where !labels.used.contains(member.name) && member != image {
          strays.add(member.name)
        }
        try builder?.add {
          labels[$0]
        } wrong: { name, problem in
          .table(place: "\(path)/\(labels.place(of: name))", problem)
        }
      }
    }
    guard let builder else { throw DataError.noSamples(pattern) }
    origin = pattern
    notes = strays.notes(origin: pattern)
    (self.names, self.places, table) = (names, places, builder.table)
  }

  /// The columns of the first sample, and of those after it in its shard where it lacks what is asked for.
  private static func columns(_ first: [String], _ tar: TarIndex, _ options: TableOptions) throws -> [String] {
    var wanted = options.groups + [options.weight].compactMap { $0 }
    if case .named(let names) = options.labels { wanted += names }
    var columns = first
    if options.labels != .all, wanted.allSatisfy(columns.contains), !columns.isEmpty { return columns }
    for sample in samples(tar.members) {
      for key in try SampleLabels(sample, in: tar).keys where !columns.contains(key) { columns.append(key) }
      if options.labels != .all, wanted.allSatisfy(columns.contains), !columns.isEmpty { break }
    }
    return columns
  }

  public var count: Int { places.count }
  public func place(at index: Int) -> String { name(at: index) }

  public func name(at index: Int) -> String { "\(files.paths[Int(places[index].shard)])/\(names[index])" }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] {
    let place = places[index]
    let count = min(Int(place.size), first ?? Int(place.size))
    return try files.read(Int(place.shard), offset: place.offset, count: count)
  }
}
