import ZooArchive

/// What the `index.json` of an index says: `Zoo/INDEX.md` is its document.
public struct IndexManifest: Sendable, Equatable {
  public static let schema = "zoo.index/1"
  public static let file = "index.json"
  public static let vectors = "vectors.npy"
  public static let ids = "ids.jsonl"

  /// A file of the index, bound by size and digest.
  public struct Member: Sendable, Equatable {
    public var size: Int
    public var sha256: String
  }

  public var kind: Embeddings.Kind
  public var metric: Metric
  public var count: Int
  public var dimensions: Int
  public var vectors: Member
  public var ids: Member
  /// How the rows were made; nil where nobody said.
  public var source: EmbeddingSource?

  public var json: JSONValue {
    func member(_ member: Member) -> JSONValue {
      ["size": .int(Int64(member.size)), "sha256": .string(member.sha256)]
    }
    var object: JSONObject = [
      "schema": .string(Self.schema), "kind": .string(kind.rawValue), "metric": .string(metric.rawValue),
      "count": .int(Int64(count)), "dimensions": .int(Int64(dimensions)), "vectors": member(vectors), "ids": member(ids),
    ]
    if let source { object["source"] = source.json }
    return .object(object)
  }

  /// - Throws: `RetrieveError.index` with what is wrong, or `ArchiveError` for text that is no JSON.
  init(path: String) throws {
    let lines = try JSONFile.read(path)
    func wrong(_ text: String) -> RetrieveError { .index(path, text) }
    guard let schema = lines["schema"]?.string else { throw wrong("not an index: it has no schema") }
    guard schema == Self.schema else { throw wrong("schema '\(visible(schema))' is unknown; this version reads '\(Self.schema)'") }
    func number(_ key: String, of object: JSONValue, in range: ClosedRange<Int64>) throws -> Int {
      guard let value = object[key]?.int, range.contains(value) else {
        throw wrong("\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return Int(value)
    }
    func member(_ key: String) throws -> Member {
      guard let object = lines[key], let digest = object["sha256"]?.string, Digest.isValid(digest) else {
        throw wrong("\(key) must have a size and a sha256 of 64 small hexadecimal digits")
      }
      return Member(size: try number("size", of: object, in: 0...Int64.max), sha256: digest)
    }
    guard let kind = lines["kind"]?.string.flatMap(Embeddings.Kind.init) else {
      throw wrong("kind must be one of \(Embeddings.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let metric = lines["metric"]?.string.flatMap(Metric.init), (metric == .hamming) == (kind == .bits) else {
      throw wrong("metric must be \(kind == .bits ? "hamming" : "cosine or dot") for \(kind.rawValue)")
    }
    (self.kind, self.metric) = (kind, metric)
    count = try number("count", of: lines, in: 1...Int64(Int32.max) * 1024)
    dimensions = try number("dimensions", of: lines, in: 1...Int64(Embeddings.mostDimensions))
    vectors = try member("vectors")
    ids = try member("ids")
    source = try lines["source"].map { try EmbeddingSource($0, file: path) }
  }

  init(
    kind: Embeddings.Kind, metric: Metric, count: Int, dimensions: Int, vectors: Member, ids: Member,
    source: EmbeddingSource?
  ) {
    (self.kind, self.metric, self.count, self.dimensions) = (kind, metric, count, dimensions)
    (self.vectors, self.ids, self.source) = (vectors, ids, source)
  }
}

/// Small JSON files.
enum JSONFile {
  static let limit = 1 << 20

  static func read(_ path: String) throws -> JSONValue {
    let lines = try MappedLines(path: path)
    var bytes: [UInt8] = []
    for line in 0..<lines.count {
      bytes += lines[line] + [0x0A]
      guard bytes.count <= limit else { throw RetrieveError.index(path, "has more than \(limit) bytes") }
    }
    return try JSONValue(parsing: bytes, file: path, limits: JSONLimits(bytes: limit + 1, depth: 16, values: 10_000))
  }
}

/// Without characters that move the cursor, and not long.
func visible(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.prefix(200).map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
      }))
}
