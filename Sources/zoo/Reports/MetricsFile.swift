import FoundationEssentials
import Glibc
import ZooArchive
import ZooReport

/// `metrics.jsonl` of a run.
enum MetricsFile {
  static let name = "metrics.jsonl"

  /// Reads what a run logged. Members that are no numbers are passed over; of a last line that was cut off by the
  /// end of its run, nothing is taken.
  /// - Parameter batch: examples of a step; with it, seconds are known from the images per second.
  /// - Throws: `ArchiveError` with the line.
  static func read(_ path: String, batch: Int? = nil) throws -> RunHistory {
    guard access(path, R_OK) == 0 else { throw ArchiveError(.system(.open, errno: errno), file: path) }
    let file: Data
    do { file = try Data(contentsOf: URL(filePath: path)) } catch { throw ArchiveError(.notAFile, file: path) }
    var history = RunHistory()
    var seconds = 0.0
    let lines = file.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      let value: JSONValue
      do { value = try JSONValue(parsing: Array(line), file: "\(path):\(index + 1)") } catch {
        if index == lines.count - 1 { break }
        throw error
      }
      guard let step = value["step"]?.int.map(Int.init) else { continue }
      if let task = value["task"]?.string, let measured = value["evaluation"]?.object {
        history.evaluations.append(
          RunHistory.Evaluation(
            task: task, record: RunHistory.Record(step: step, seconds: seconds, values: numbers(measured))))
      } else if let object = value.object {
        let previous = history.steps.last?.step ?? 0
        if let batch, let speed = value["images_per_second"]?.number, speed > 0, step > previous {
          seconds += Double(step - previous) * Double(batch) / speed
        }
        history.steps.append(RunHistory.Record(step: step, seconds: seconds, values: numbers(object, but: ["step"])))
      }
    }
    return history
  }

  private static func numbers(_ object: JSONObject, but left: Set<String> = []) -> [RunHistory.Value] {
    object.members.compactMap { key, value in
      left.contains(key) ? nil : value.number.map { RunHistory.Value(key, $0) }
    }
  }
}
