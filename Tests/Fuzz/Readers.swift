import ZooArchive
import ZooData
import ZooMutation
import ZooRecipe

/// One way in for a file from a stranger: what it is fed, and what reads it.
struct Reader: Sendable {
  /// Also the folder of its corpus.
  let name: String
  let format: any Format
  /// Reads the file that `Input` holds as far as its users would. Errors of the room are a right answer.
  let read: @Sendable (Input) throws -> Void

  static let all: [Reader] =
    [tar, tarIndex, archive, manifest, safetensors, npy, npz, json, yaml, recipe, config]
    + [jpeg, png, csv, jsonl, shards]

  static let tar = Reader(name: "tar", format: TarFormat()) { input in
    let reader = try TarReader(input.file())
    for member in reader.members { _ = try reader.bytes(of: member) }
  }

  static let tarIndex = Reader(name: "tar-index", format: TarFormat()) { input in
    let index = try TarIndex(input.file())
    for member in index.members { _ = try index.bytes(of: member) }
  }

  static let archive = Reader(name: "archive", format: TarFormat()) { input in
    // Without digests, or nearly everything would be refused for its digest.
    let archive = try ModelArchive.open(input.file(), verifyDigests: false)
    for member in archive.manifest.members { _ = try archive.data(member.path) }
    for entry in archive.weights.entries { try archive.weights.withBytes(of: entry.name) { try touch($0) } }
    _ = try ModelConfig(bytes: archive.config, name: "config.yaml")
  }

  static let manifest = Reader(name: "manifest", format: TextFormat.json) { input in
    let manifest = try Manifest(parsing: input.bytes, file: "x")
    try same(Manifest(parsing: manifest.bytes, file: "x"), manifest)
  }

  static let safetensors = Reader(name: "safetensors", format: SafetensorsFormat()) { input in
    let file = try SafetensorsFile(path: input.file())
    for entry in file.entries {
      try file.withBytes(of: entry.name) { try touch($0) }
      do { _ = try file.floats(entry.name) } catch is ArchiveError {}
      do { _ = try file.int64s(entry.name) } catch is ArchiveError {}
    }
  }

  static let npy = Reader(name: "npy", format: NpyFormat()) { input in
    let array = try NpyArray.read(input.bytes, origin: "x")
    try same(array.bytes().count, array.count * array.dtype.bits / 8)
    do { try same(array.floats().count, array.count) } catch is ArchiveError {}
    do { try same(array.int64s().count, array.count) } catch is ArchiveError {}
  }

  static let npz = Reader(name: "npz", format: ZipFormat()) { input in
    let file = try NpzFile(path: input.file())
    for entry in file.entries {
      do { try same(file.floats(entry.name).count, entry.count) } catch is ArchiveError {}
    }
  }

  static let json = Reader(name: "json", format: TextFormat.json) { input in
    let value = try JSONValue(parsing: input.bytes, file: "x")
    try same(JSONValue(parsing: value.compact(), file: "x"), value)
    try same(JSONValue(parsing: value.pretty(), file: "x"), value)
  }

  static let yaml = Reader(name: "yaml", format: TextFormat.yaml) { input in
    _ = try YAMLNode.parse(input.bytes, name: "x", limits: .config)
  }

  static let recipe = Reader(name: "recipe", format: TextFormat.yaml) { input in
    let recipe = try Recipe(bytes: input.bytes, path: "recipe.yaml")
    let again = Array(recipe.resolvedText(origins: false).utf8)
    try same(Recipe(bytes: again, path: "recipe.yaml").resolved, recipe.resolved)
  }

  static let config = Reader(name: "config", format: TextFormat.yaml) { input in
    let config = try ModelConfig(bytes: input.bytes, name: "config.yaml")
    try same(ModelConfig(bytes: config.encoded(), name: "config.yaml"), config)
  }

  static let jpeg = Reader(name: "jpeg", format: JPEGFormat(), read: decode)
  static let png = Reader(name: "png", format: PNGFormat(), read: decode)

  static let csv = Reader(name: "csv", format: TextFormat.csv) { input in
    try walk(ManifestDataset(path: input.file(), format: .csv, options: TableOptions(labels: .all)))
  }

  static let jsonl = Reader(name: "jsonl", format: TextFormat.json) { input in
    try walk(ManifestDataset(path: input.file(), format: .jsonl, options: TableOptions(labels: .all)))
  }

  static let shards = Reader(name: "shards", format: TarFormat()) { input in
    let dataset = try ShardDataset(input.file(), options: TableOptions(labels: .all))
    try walk(dataset)
    for index in 0..<dataset.count { _ = try dataset.example(at: index) }
  }

  private static func walk(_ dataset: any Dataset) throws {
    for index in 0..<dataset.count {
      _ = (dataset.name(at: index), dataset.weight(at: index), dataset.label(at: index))
      for column in dataset.columns.indices { _ = dataset.value(at: index, column: column) }
    }
    try same(dataset.classCounts.count, dataset.classCount)
  }

  @Sendable private static func decode(_ input: Input) throws {
    let size = try Image.size(bytes: input.bytes, origin: "x")
    let image = try Image.decode(bytes: input.bytes, origin: "x")
    try same([image.width, image.height], [size.width, size.height])
    try same(image.pixels.count, 3 * image.width * image.height)
  }
}

/// What a reader must not do, found without a crash.
enum Finding: Error {
  case differs(String, String)
  case foreignError(String)
  case controlCharacter(String)
}

private func same<Value: Equatable>(_ a: Value, _ b: Value) throws {
  guard a == b else { throw Finding.differs("\(a)", "\(b)") }
}

/// Reads every byte: what is mapped must be there.
private func touch(_ bytes: UnsafeRawBufferPointer) throws {
  guard bytes.reduce(0, { $0 | $1 }) <= 255 else { throw Finding.differs("byte", "number") }
}

extension Reader {
  /// Runs one input through.
  /// - Returns: whether it was read; false where it was refused as it should be.
  /// - Throws: `Finding`.
  func run(_ input: Input) throws -> Bool {
    do {
      try read(input)
      return true
    } catch let error as Finding {
      throw error
    } catch {
      guard error is ArchiveError || error is RecipeError || error is DataError else {
        throw Finding.foreignError("\(type(of: error)): \(error)")
      }
      // Errors end up on terminals.
      let text = "\(error)"
      guard !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }) else {
        throw Finding.controlCharacter(text)
      }
      return false
    }
  }
}
