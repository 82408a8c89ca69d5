import ZooArchive
import ZooRecipe

/// What a step leaves: a tar with `part.json` and members of the round's own.
///
/// `part.json` says which round, which shard of how many (for a merged one: `merged`), and which recipe and input, so that
/// parts of different ones cannot be mixed.
public struct Part {
  static let schema = "zoo.annotate-part/1"

  public let path: String
  public let round: Round
  /// Nil where it is merged.
  public let shard: ShardNumber?
  /// The resolved recipe.
  public let recipe: AnnotationRecipe
  let job: String
  let facts: JSONObject
  let tar: TarReader

  /// - Throws: `AnnotateError.file` for what is no part, `ArchiveError` for a broken file.
  public init(_ path: String) throws {
    self.path = path
    tar = try TarReader(path)
    guard let member = tar.member("part.json") else { throw AnnotateError.file(path, "is no part of an annotation") }
    let value = try JSONValue(parsing: try tar.bytes(of: member, limit: 64 << 20), file: path, member: "part.json")
    guard value["schema"]?.string == Self.schema, let round = value["round"]?.string.flatMap(Round.init(rawValue:)),
      let job = value["job"]?.string, let text = value["recipe"]?.string, let source = value["recipe_path"]?.string,
      let facts = value["facts"]?.object
    else { throw AnnotateError.file(path, "is no part of an annotation by this version of zoo") }
    self.round = round
    self.job = job
    self.facts = facts
    if value["merged"]?.bool == true {
      shard = nil
    } else {
      guard let index = value["shard"]?.int, let count = value["shards"]?.int else {
        throw AnnotateError.file(path, "does not say which shard it is")
      }
      shard = try ShardNumber(Int(index), of: Int(count))
    }
    recipe = try AnnotationRecipe(bytes: Array(text.utf8), path: source)
  }

  func stream(_ name: String) throws -> ByteStream { ByteStream(try tar.required(name), of: tar) }
  func has(_ name: String) -> Bool { tar.member(name) != nil }

  func count(_ name: String) throws -> Int {
    guard let value = facts[name]?.int, value >= 0 else { throw AnnotateError.file(path, "lacks the number '\(name)'") }
    return Int(value)
  }

  /// Checks that parts are all shards of one round of one job, and puts them in order.
  static func ordered(_ parts: [Part]) throws -> [Part] {
    guard let first = parts.first, let count = first.shard?.count else {
      throw AnnotateError.settings(parts.isEmpty ? "no parts to merge" : "\(parts[0].path): is merged already")
    }
    var places = [Part?](repeating: nil, count: count)
    for part in parts {
      guard part.round == first.round else {
        throw AnnotateError.file(part.path, "is of round '\(part.round.rawValue)', \(first.path) of '\(first.round.rawValue)'")
      }
      guard part.job == first.job else {
        throw AnnotateError.file(part.path, "is of another recipe or other records than \(first.path)")
      }
      guard let shard = part.shard, shard.count == count else {
        throw AnnotateError.file(part.path, "is not one of \(count) shards, as \(first.path) is")
      }
      if let other = places[shard.index] {
        throw AnnotateError.file(part.path, "is the same shard (\(shard)) as \(other.path)")
      }
      places[shard.index] = part
    }
    if let missing = places.firstIndex(where: { $0 == nil }) {
      throw AnnotateError.settings("shard \(missing)/\(count) is missing among the parts")
    }
    return places.compactMap { $0 }
  }
}

/// Writes a part; it appears whole or not at all.
struct PartWriter {
  private let tar: TarWriter

  init(
    _ path: String, _ round: Round, _ job: AnnotationJob, shard: ShardNumber?, facts: JSONObject
  ) throws {
    tar = try TarWriter(path)
    var object: JSONObject = ["schema": .string(Part.schema), "round": .string(round.rawValue), "job": .string(job.digest)]
    if let shard {
      object["shard"] = .int(Int64(shard.index))
      object["shards"] = .int(Int64(shard.count))
    } else {
      object["merged"] = .bool(true)
    }
    object["recipe_path"] = .string(job.recipe.path)
    object["recipe"] = .string(job.recipe.resolvedText)
    object["facts"] = .object(facts)
    try tar.add("part.json", bytes: Array(JSONValue.object(object).pretty().utf8))
  }

  func add(_ name: String, _ bytes: [UInt8]) throws { try tar.add(name, bytes: bytes) }

  func add(_ name: String, _ file: ScratchFile) throws {
    try file.flush()
    let stream = try ByteSource(file.path)
    try tar.add(name, size: stream.size) { sink in try stream.forEachBlock(sink) }
  }

  func finish() throws { try tar.finish() }
}
