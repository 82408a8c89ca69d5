/// Several runs side by side.
public struct RunComparison: Sendable {
  public struct Run: Sendable {
    public var name: String
    public var history: RunHistory

    public init(name: String, history: RunHistory) { (self.name, self.history) = (name, history) }
  }

  /// One measured value of one run.
  public struct Cell: Sendable, Equatable {
    public let last: Double
    public let best: Double
    public let bestStep: Int
  }

  public let runs: [Run]

  public init(_ runs: [Run]) { self.runs = runs }

  /// What was measured in any run: `TASK METRIC`, in the order of first appearance.
  public var metrics: [(task: String, metric: String)] {
    var seen: Set<[String]> = []
    var result: [(task: String, metric: String)] = []
    for run in runs {
      for task in run.history.tasks {
        for metric in run.history.metricNames(task) where metric != "images" && seen.insert([task, metric]).inserted {
          result.append((task, metric))
        }
      }
    }
    return result
  }

  /// Last and best value; nil where it was not measured. Of losses and errors the best is the smallest.
  public func cell(_ run: Run, _ task: String, _ metric: String) -> Cell? {
    let points = run.history.curve(task, metric)
    guard let last = points.last, var best = points.first else { return nil }
    for point in points where isCost(metric) ? point.value < best.value : point.value > best.value { best = point }
    return Cell(last: last.value, best: best.value, bestStep: best.step)
  }

  /// Whether the run's last value is the best of all runs', and not all are the same.
  func isBest(_ run: Run, _ task: String, _ metric: String) -> Bool {
    let values = runs.compactMap { cell($0, task, metric)?.last }
    guard let own = cell(run, task, metric)?.last, let low = values.min(), let high = values.max(), low < high else {
      return false
    }
    return own == (isCost(metric) ? low : high)
  }

  /// A table for a terminal: a line for each run; the best of each column has a star.
  public var table: String {
    let several = Set(metrics.map(\.task)).count > 1
    let heads = ["run", "steps", "loss"] + metrics.map { several ? "\($0.task)/\($0.metric)" : $0.metric }
    var lines = [heads]
    for run in runs {
      var line = [run.name, run.history.steps.last.map { String($0.step) } ?? "–", lastLoss(run)]
      for (task, metric) in metrics {
        let text = cell(run, task, metric).map { metricText(metric, $0.last) } ?? "–"
        line.append(text + (isBest(run, task, metric) ? " *" : "  "))
      }
      lines.append(line)
    }
    let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.enumerated().map { number, line in
      let cells = line.enumerated().map { column, text in
        let text = number == 0 && column > 2 ? text + "  " : text
        let space = String(repeating: " ", count: max(0, widths[column] - text.count))
        return column == 0 ? text + space : space + text
      }
      let joined = cells.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  func lastLoss(_ run: Run) -> String { run.history.curve("loss").last.map { shortNumber($0.value) } ?? "–" }
}
