import ZooEvaluate
import ZooReport

/// A suite's results on a terminal.
enum SuiteText {
  /// One task, as it comes.
  static func line(_ result: SuiteResults.TaskResult) -> String {
    "\(name(result)): \(result.accuracies.map { percent($0) }.joined(separator: ", "))"
  }

  /// Tasks by group, then the means, then what is absent.
  static func table(_ results: SuiteResults) -> String {
    var lines = ["\(results.title), \(results.model), by \(results.method)"]
    let width = (results.results.map { name($0).count } + results.groups.map(\.count) + [8]).max() ?? 8
    func row(_ name: String, _ value: String, _ note: String = "") -> String {
      "  " + padded(name, width) + padded(value, 10, right: true) + (note.isEmpty ? "" : "  \(note)")
    }
    let groups: [String?] = results.groups.isEmpty ? [nil] : results.groups.map { $0 }
    for group in groups {
      if let group { lines += ["", group] } else { lines.append("") }
      for result in results.results where result.group == group { lines.append(row(name(result), percent(result.median ?? 0), note(result))) }
      let absent = results.absent.filter { $0.group == group }
      lines += absent.map { row($0.task, "absent", $0.reason) }
      if group != nil {
        let mean = results.mean(group: group).map(percent) ?? "–"
        lines.append(row("mean", mean, absent.isEmpty ? "" : "of \(results.results.count { $0.group == group }) of its tasks"))
      }
    }
    lines.append("")
    if let mean = results.mean(group: nil) {
      let count = results.results.count
      lines.append(
        results.isComplete
          ? row("score", percent(mean), "the mean of \(counted(count, "result"))")
          : row("mean", percent(mean), "of \(counted(count, "result")); no score, since tasks are missing"))
    } else {
      lines.append("no task of the suite has its data here")
    }
    return lines.joined(separator: "\n")
  }

  private static func name(_ result: SuiteResults.TaskResult) -> String {
    result.shots.map { "\(result.task), \($0) per class" } ?? result.task
  }

  private static func note(_ result: SuiteResults.TaskResult) -> String {
    var parts: [String] = []
    if let spread = Spread(result.accuracies), result.accuracies.count > 1 {
      parts.append("\(percent(spread.low)) to \(percent(spread.high)) in \(result.accuracies.count) runs")
    }
    if let five = Spread(result.topFive)?.median { parts.append("top-5 \(percent(five))") }
    parts.append("\(grouped(result.testCount)) test images")
    return parts.joined(separator: ", ")
  }

  private static func percent(_ value: Double) -> String { fixed(value * 100, 2) + " %" }
}
