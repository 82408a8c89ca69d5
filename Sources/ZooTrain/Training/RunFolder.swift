import FoundationEssentials
import Glibc

/// The folder that a run writes to. What a run created goes again when the run fails before it has a result or a
/// checkpoint.
final class RunFolder {
  /// How a run meets what the folder already holds.
  enum Entry { case new, overwriting, resuming }

  let path: String
  /// Folders that were not there before, the innermost first.
  private let created: [String]
  /// What is written beside an old run's, until this one has its model, ends so.
  private let ending: String

  /// - Throws: when the folder already holds a run and is neither to be overwritten nor resumed.
  init(_ path: String, _ entry: Entry) throws {
    self.path = path
    let found = ["model.tar", Checkpoint.name, "metrics.jsonl"].first { access(path + "/" + $0, F_OK) == 0 }
    switch (entry, found) {
    case (.new, Checkpoint.name?):
      throw TrainError.input(file: path, "holds a run that is not finished; go on with --resume, or --overwrite it")
    case (.new, let found?):
      throw TrainError.input(file: path, "already holds a run (\(found)); give another --output, or --overwrite")
    case (.overwriting, _?): ending = ".new"
    case (.resuming, _): ending = access(path + "/metrics.jsonl.new", F_OK) == 0 ? ".new" : ""
    default: ending = ""
    }
    created = Self.missing(path)
    for folder in created.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw TrainError.input(file: path, "cannot be created (\(String(cString: strerror(errno))))")
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw TrainError.input(file: path, "is not a folder; results go into one")
    }
    if entry == .resuming { removeTemporaries() }
  }

  /// Whether a run was begun here and left no model.
  static func holdsUnfinished(_ path: String) -> Bool {
    access(path + "/metrics.jsonl", F_OK) == 0 && access(path + "/model.tar", F_OK) != 0
  }

  /// A folder and those around it that do not exist, the innermost first.
  private static func missing(_ path: String) -> [String] {
    var result: [String] = []
    var folder = path[...]
    while true {
      while folder.count > 1, folder.last == "/" { folder.removeLast() }
      guard !folder.isEmpty, access(String(folder), F_OK) != 0, errno == ENOENT else { return result }
      result.append(String(folder))
      guard let slash = folder.lastIndex(of: "/") else { return result }
      folder = folder[..<slash]
    }
  }

  /// Half-written files of a run that was killed.
  private func removeTemporaries() {
    for folder in [path, file(Checkpoint.folder)] {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where name.hasPrefix(".") && name.contains(".tmp-") {
        unlink(folder + "/" + name)
      }
    }
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// Where the log grows.
  var log: String { file("metrics.jsonl" + ending) }
  /// Where the best model so far is kept.
  var best: String { file("best.tar" + ending) }

  /// The model is written: what stood beside an old run's takes its place.
  func finish() {
    guard !ending.isEmpty else { return }
    rename(log, file("metrics.jsonl"))
    if rename(best, file("best.tar")) != 0 { unlink(file("best.tar")) }
  }

  /// The run is over: nothing is left to go on with.
  func removeCheckpoint() {
    unlink(file(Checkpoint.name))
    rmdir(file(Checkpoint.folder))
  }

  /// Keeps the log of a run that left the numbers, under a name that is in nobody's way.
  func keepLog() {
    rename(log, file("metrics.failed.jsonl"))
    unlink(best)
  }

  /// Removes what this run made.
  func discard() {
    unlink(log)
    unlink(best)
    // A folder that another run writes to by now is not empty, and stays.
    for folder in created { rmdir(folder) }
  }
}
