import FoundationEssentials
import Glibc

/// The folder that a run writes to. What a run created goes again when the run fails before it has a result.
final class RunFolder {
  let path: String
  private let created: Bool

  /// - Throws: when the folder already holds a run and `overwrite` is false.
  init(_ path: String, overwrite: Bool) throws {
    self.path = path
    created = !FileManager.default.fileExists(atPath: path)
    for name in ["model.tar", "metrics.jsonl"] where !overwrite {
      guard !FileManager.default.fileExists(atPath: path + "/" + name) else {
        throw TrainError.input(file: path, "already holds a run (\(name)); give another --output, or --overwrite")
      }
    }
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch { throw TrainError.input(file: path, "cannot be created (\(String(cString: strerror(errno))))") }
  }

  func file(_ name: String) -> String { path + "/" + name }

  /// Removes what this run made.
  func discard() {
    unlink(file("metrics.jsonl"))
    if created { rmdir(path) }
  }
}
