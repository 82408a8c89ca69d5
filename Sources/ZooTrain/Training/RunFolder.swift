import FoundationEssentials
import Glibc

/// The folder that a run writes to. What a run created goes again when the run fails before it has a result.
final class RunFolder {
  let path: String
  /// Folders that were not there before, the innermost first.
  private let created: [String]
  /// Where the log grows: beside an old run's, until this one has its model.
  let log: String

  /// - Throws: when the folder already holds a run and `overwrite` is false.
  init(_ path: String, overwrite: Bool) throws {
    self.path = path
    for name in ["model.tar", "metrics.jsonl"] where !overwrite {
      guard !FileManager.default.fileExists(atPath: path + "/" + name) else {
        throw TrainError.input(file: path, "already holds a run (\(name)); give another --output, or --overwrite")
      }
    }
    let isReplacing = access(path + "/model.tar", F_OK) == 0 || access(path + "/metrics.jsonl", F_OK) == 0
    log = path + (isReplacing ? "/metrics.jsonl.new" : "/metrics.jsonl")
    created = Self.missing(path)
    for folder in created.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
      throw TrainError.input(file: path, "cannot be created (\(String(cString: strerror(errno))))")
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw TrainError.input(file: path, "is not a folder; results go into one")
    }
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

  func file(_ name: String) -> String { path + "/" + name }

  /// The model is written: the log takes its final name.
  func finish() {
    if log != file("metrics.jsonl") { rename(log, file("metrics.jsonl")) }
  }

  /// Keeps the log of a run that left the numbers, under a name that is in nobody's way.
  func keepLog() {
    rename(log, file("metrics.failed.jsonl"))
  }

  /// Removes what this run made.
  func discard() {
    unlink(log)
    // A folder that another run writes to by now is not empty, and stays.
    for folder in created { rmdir(folder) }
  }
}
