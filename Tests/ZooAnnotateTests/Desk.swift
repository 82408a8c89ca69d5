import FoundationEssentials
import Testing
import ZooAnnotate
import ZooArchive
import ZooRecipe

/// A folder to annotate in; removed with its last reference.
final class Desk: Sendable {
  struct Odd: Error {}

  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "zoo-annotate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)"))) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

  func recipe(_ yaml: String, _ settings: [String] = []) throws -> AnnotationRecipe {
    try AnnotationRecipe(bytes: Array(yaml.utf8), path: "\(path)/recipe.yaml", overrides: settings)
  }

  /// All rounds at once.
  func annotate(_ yaml: String, _ settings: [String] = [], to name: String = "out.tar") throws -> Annotated {
    let job = try AnnotationJob(try recipe(yaml, settings))
    var report: AnnotationReport?
    try AnnotationRun(job, output: "\(path)/\(name)").run { _, _ in
    } page: {
      report = $0
      return "page"
    }
    return Annotated(report: try #require(report), tar: try TarReader("\(path)/\(name)"))
  }

  /// Every round in `shards` map steps, in an order that is not theirs.
  func annotate(_ yaml: String, shards: Int, to name: String) throws {
    let job = try AnnotationJob(try recipe(yaml))
    var after: Part?
    while true {
      let round = try job.round(after: after)
      var parts: [Part] = []
      for index in (0..<shards).reversed() {
        let part = "\(path)/\(round.rawValue)-\(index).part"
        try job.map(try ShardNumber(index, of: shards), after: after, to: part)
        parts.append(try Part(part))
      }
      let merged = round == .labels ? "\(path)/\(name)" : "\(path)/\(round.rawValue).merged"
      try mergeParts(parts, to: merged) { _ in "page" }
      if round == .labels { return }
      after = try Part(merged)
    }
  }
}

/// What came out.
struct Annotated {
  let report: AnnotationReport
  let tar: TarReader

  func json(_ member: String) throws -> JSONValue {
    try JSONValue(parsing: try tar.bytes(of: try tar.required(member)), file: member)
  }

  /// The lines of `records.jsonl`.
  func records() throws -> [JSONValue] {
    try tar.bytes(of: try tar.required("records.jsonl")).split(separator: 0x0A).map {
      try JSONValue(parsing: Array($0), file: "records.jsonl")
    }
  }

  /// Names of labels by image.
  func labels() throws -> [String: [String]] {
    var labels: [String: [String]] = [:]
    for record in try records() {
      labels[record["image"]?.string ?? "?"] = record["labels"]?.object?.keys
    }
    return labels
  }
}

/// JSON of a record.
func line(_ fields: [(String, JSONValue)]) -> String { JSONValue.object(JSONObject(fields.map { (key: $0.0, value: $0.1) })).compact() + "\n" }
