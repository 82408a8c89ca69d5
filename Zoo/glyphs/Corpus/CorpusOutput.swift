import Glibc
import ZooArchive
import ZooReport

/// Writes a corpus:
///
/// - `records-00000.tar`, …: WebDataset shards, `KEY.png` and the caption's fields in `KEY.json`; or `records-00000.jsonl`
///   with the key in each record where there are no images;
/// - `truth.jsonl`: for each record what is in it, and what it is a near-duplicate of;
/// - `concepts.jsonl`: every label, with its kind, its family and how many records have it;
/// - `dictionary.jsonl`: every way to say a label, and the topics, which are no labels (`use` is `context`).
///
/// Everything but the shards' borders is the same for any number of shards.
struct CorpusOutput {
  private let arguments: CorpusArguments
  private let world: World
  private var images: [Int]
  private var mentions = 0
  private var wrong = 0
  private var duplicates = 0

  /// - Throws: `GlyphsError`, or what writing a file throws.
  static func write(_ arguments: CorpusArguments) throws {
    var output = try CorpusOutput(arguments)
    try output.write()
  }

  private init(_ arguments: CorpusArguments) throws(GlyphsError) {
    self.arguments = arguments
    world = try World(lexicon: .compiledIn(), species: arguments.species, seed: arguments.world)
    images = [Int](repeating: 0, count: world.concepts.count)
  }

  private mutating func write() throws {
    if arguments.folder == "-" { return try stream() }
    let folder = arguments.folder
    if mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw GlyphsError.folder(folder, reason: String(cString: strerror(errno)))
    }
    let truth = arguments.hasTruth ? try BufferedFile(folder + "/truth.jsonl") : nil
    for shard in 0..<arguments.shards {
      let records = Self.part(shard, of: arguments.shards, count: arguments.count)
      let path = folder + "/records-" + digits(shard, 5)
      if arguments.isTextOnly {
        let file = try BufferedFile(path + ".jsonl")
        for index in records { try file.append(record(index, truth).line(digits(index, 12))) }
        try file.commit()
      } else {
        let tar = try TarWriter(path + ".tar")
        for index in records {
          let made = try record(index, truth)
          let pixels = Picture.pixels(made.scene, seed: arguments.seed, index: index)
          let key = digits(index, 12)
          if let image = Thumbnail(width: Picture.side, height: Picture.side, pixels: pixels) {
            try tar.add(key + ".png", bytes: image.png)
          }
          try tar.add(key + ".json", bytes: [UInt8(ascii: "{")] + made.caption.json + Array("}\n".utf8))
        }
        try tar.finish()
      }
    }
    try truth?.commit()
    if arguments.hasTruth {
      try AtomicFile.write(concepts(), to: folder + "/concepts.jsonl")
      try AtomicFile.write(dictionary(), to: folder + "/dictionary.jsonl")
      try AtomicFile.write(summary().pretty(), to: folder + "/summary.json")
    }
  }

  private mutating func stream() throws {
    var buffer: [UInt8] = []
    for index in 0..<arguments.count {
      buffer += try record(index, nil).line(digits(index, 12))
      guard buffer.count > 1 << 20 || index + 1 == arguments.count else { continue }
      var rest = buffer[...]
      while !rest.isEmpty {
        let put = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
        guard put > 0 else { throw GlyphsError.output(reason: String(cString: strerror(errno))) }
        rest = rest.dropFirst(put)
      }
      buffer.removeAll(keepingCapacity: true)
    }
  }

  private struct Record {
    let scene: Scene
    let caption: Caption

    func line(_ key: String) -> [UInt8] {
      var bytes = Array("{\"key\":\"".utf8)
      bytes.reserveCapacity(caption.json.count + 32)
      bytes += Array(key.utf8)
      bytes.append(UInt8(ascii: "\""))
      if !caption.json.isEmpty { bytes.append(UInt8(ascii: ",")) }
      bytes += caption.json
      bytes += Array("}\n".utf8)
      return bytes
    }
  }

  private mutating func record(_ index: Int, _ truth: BufferedFile?) throws -> Record {
    let scene = Scene(world, seed: arguments.seed, index: index, duplicates: arguments.duplicates)
    let caption = Caption(
      scene, world, seed: arguments.seed, index: index, noise: arguments.noise, typos: arguments.typos)
    if let truth {
      for label in scene.labels { images[label] += 1 }
      mentions += caption.mentions
      wrong += caption.wrong
      if scene.original != index { duplicates += 1 }
      try truth.append(Array((line(scene, caption, index).compact() + "\n").utf8))
    }
    return Record(scene: scene, caption: caption)
  }

  private func line(_ scene: Scene, _ caption: Caption, _ index: Int) -> JSONValue {
    let first = world.concepts[scene.labels[0]]
    return .object(
      JSONObject([
        ("key", .string(digits(index, 12))),
        ("labels", .array(scene.labels.map { .string(world.concepts[$0].name) })),
        ("family", .string(first.family)),
        ("language", .string(caption.language.code)),
        ("original", .string(digits(scene.original, 12))),
        ("mentions", .int(Int64(caption.mentions))), ("wrong", .int(Int64(caption.wrong))),
      ]))
  }

  private func concepts() -> String {
    zip(world.concepts, images).map { concept, images in
      var members: [(String, JSONValue)] = [
        ("label", .string(concept.name)), ("kind", .string(concept.kind.rawValue)), ("family", .string(concept.family)),
        ("images", .int(Int64(images))),
      ]
      if concept.kind == .species {
        members.append(("colour", .string(world.concepts[world.colours.lowerBound + concept.colour].name)))
        if concept.ornament > 0 {
          members.append(("ornament", .string(world.concepts[world.ornaments.lowerBound + concept.ornament - 1].name)))
        }
      }
      return JSONValue.object(JSONObject(members)).compact() + "\n"
    }.joined()
  }

  private func dictionary() -> String {
    var lines = ""
    func add(_ phrases: [[Phrase]], use: String?) {
      guard let name = phrases.first?.first?.text else { return }
      for language in Language.allCases {
        for phrase in phrases[language.rawValue] {
          var members: [(String, JSONValue)] = [
            ("term", .string(phrase.text)), ("canonical", .string(name)), ("language", .string(language.code)),
          ]
          if let use { members.append(("use", .string(use))) }
          lines += JSONValue.object(JSONObject(members)).compact() + "\n"
        }
      }
    }
    for concept in world.concepts { add(concept.phrases, use: nil) }
    for topic in world.topics { add(topic, use: "context") }
    return lines
  }

  private func summary() -> JSONValue {
    .object(
      JSONObject([
        ("records", .int(Int64(arguments.count))), ("labels", .int(Int64(world.concepts.count))), ("mentions", .int(Int64(mentions))),
        ("wrong-share", .double(Double(wrong) / Double(max(mentions, 1)))),
        ("near-duplicates", .int(Int64(duplicates))),
      ]))
  }

  private static func part(_ shard: Int, of shards: Int, count: Int) -> Range<Int> {
    func start(_ shard: Int) -> Int { count / shards * shard + min(shard, count % shards) }
    return start(shard)..<start(shard + 1)
  }
}

extension World.Concept {
  /// The glyph that a letter or a species shows; attributes are families of their own kind.
  fileprivate var family: String { glyph.map { GlyphClass.all[$0].name } ?? kind.rawValue }
}
