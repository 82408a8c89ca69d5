import ArgumentParser
import Glibc
import ZooReport
import ZooRetrieve

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Make vectors searchable.",
    discussion: """
      FILE.npy holds a row for each thing: float32 or float16 [N, D], or one-bit codes uint8 [N, bytes] as numpy packs them. \
      The index is a folder of standard files (an npy array, JSONL and JSON) that zoo search maps; Zoo/INDEX.md describes it.
      """)

  @Argument(help: ArgumentHelp("The vectors, as zoo embed writes them.", valueName: "file.npy"))
  var array: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The index to write.", valueName: "folder"))
  var output: String
  @Option(
    help: ArgumentHelp(
      "A JSON object with 'id' for each row, one a line (default: FILE.jsonl, else the rows' numbers).",
      valueName: "file.jsonl"))
  var ids: String?
  @Option(help: "What tells near from far; cosine brings rows to length 1. Codes go by Hamming distance.")
  var metric: FloatMetric = .cosine
  @Option(name: .customLong("type"), help: "What the index holds (default: what the array holds).")
  var kind: Embeddings.Kind?
  @Option(help: ArgumentHelp("Of codes whose last byte is not full.", valueName: "n"))
  var dimensions: Int?

  func validate() throws {
    if let dimensions, dimensions < 1 { throw ValidationError("--dimensions must be at least 1") }
  }

  func run() throws {
    try reporting {
      let known = try EmbeddingSource.beside(array)
      let rows = try Embeddings(path: array, dimensions: dimensions ?? known?.dimensions)
      let beside = fileBeside(array, ".jsonl")
      try VectorIndex.write(
        rows, ids: ids ?? (access(beside, F_OK) == 0 ? beside : nil), to: output,
        VectorIndex.Options(kind: kind, metric: metric == .dot ? .dot : .cosine, source: known?.source))
      let kind = kind ?? rows.kind
      let how = kind == .bits ? "hamming" : metric.rawValue
      print("wrote \(output): \(counted(rows.count, "row")) of \(rows.dimensions) (\(kind.rawValue), \(how))")
    }
  }
}

enum FloatMetric: String, ExpressibleByArgument, CaseIterable { case cosine, dot }
