import Glibc
import ZooArchive
import ZooRetrieve
import ZooTrain

/// The files of an embedding: `x.npy`, `x.jsonl`, `x.json`; while it grows, each with `.part` behind, and `x.json.part` says how
/// far it is.
public struct EmbeddingFiles {
  /// How a run meets what is there.
  public enum Entry: Sendable { case new, overwriting, resuming }

  /// What was synced.
  struct State {
    var images = 0
    var rowBytes = 0
    var idBytes = 0
  }

  private let finals: [String]
  var rows: String { finals[0] + ".part" }
  var ids: String { finals[1] + ".part" }
  private var progress: String { finals[2] + ".part" }

  init(_ path: String) {
    finals = [path, fileBeside(path, ".jsonl"), fileBeside(path, ".json")]
  }

  private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// - Throws: where something is in the way, or a run that is to be gone on with depended on something else.
  func begin(_ entry: Entry, facts: JSONValue) throws -> State {
    switch entry {
    case .new:
      if exists(progress) {
        throw TrainError.input(
          file: finals[0], "was begun and is not finished; go on with --resume, or --overwrite it")
      }
      if let there = finals.first(where: exists) {
        throw TrainError.input(file: there, "already exists; give another --output, or --overwrite it")
      }
      return State()
    case .overwriting:
      for path in [progress, rows, ids] { unlink(path) }
      return State()
    case .resuming:
      guard exists(progress) else {
        throw TrainError.input(file: finals[0], "there is no unfinished embedding to resume")
      }
      let state = try read(facts)
      // Killed while the files got their names.
      for (part, final) in [(ids, finals[1]), (rows, finals[0])] where !exists(part) && exists(final) {
        rename(final, part)
      }
      return state
    }
  }

  private func read(_ now: JSONValue) throws -> State {
    let lines = try MappedLines(path: progress)
    let json = try lines.json(0)
    guard let facts = json["facts"]?.object, let images = json["images"]?.int, let rowBytes = json["row_bytes"]?.int,
      let idBytes = json["id_bytes"]?.int, min(images, rowBytes, idBytes) >= 0
    else { throw TrainError.input(file: progress, "does not say how far the embedding is") }
    for (key, value) in now.object?.members ?? [] where facts[key] != value {
      throw TrainError.input(
        file: finals[0], "cannot be resumed to the same result: the \(Self.words[key] ?? key) is another")
    }
    return State(images: Int(images), rowBytes: Int(rowBytes), idBytes: Int(idBytes))
  }

  private static let words = [
    "features": "model, the data, the transform or the engine", "listing": "list of names and labels",
    "source": "output or form", "kind": "type", "batch": "number of images at a time", "threads": "number of threads",
    "instructions": "instruction set",
  ]

  /// What is synced by now. Written whole or not at all.
  func keep(_ state: State, facts: JSONValue) throws {
    let json: JSONValue = [
      "images": .int(Int64(state.images)), "row_bytes": .int(Int64(state.rowBytes)),
      "id_bytes": .int(Int64(state.idBytes)), "facts": facts,
    ]
    try AtomicFile.write(json.compact() + "\n", to: progress)
  }

  /// Gives the files their names, the array last: where it is, the others are.
  func finish(_ rows: GrowingFile, _ ids: GrowingFile, _ description: JSONValue) throws {
    try ids.finish(as: finals[1])
    try AtomicFile.write(description.pretty(), to: finals[2])
    try rows.finish(as: finals[0])
    unlink(progress)
  }
}
