import ArgumentParser
import FoundationEssentials
import ZooArchive
import ZooReport

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Set runs side by side.")

  @Argument(help: ArgumentHelp("Folders of runs, or their metrics.jsonl.", valueName: "run"))
  var runs: [String]
  @Option(name: [.short, .long], help: ArgumentHelp("Write a page with their curves.", valueName: "compare.html"))
  var output: String?
  @Flag(help: "Machine-readable.")
  var json = false

  func run() throws {
    try reporting {
      let comparison = RunComparison(
        try zip(names(), runs).map { name, path in
          RunComparison.Run(name: name, history: try MetricsFile.read(file(path)))
        })
      if let output { try AtomicFile.write(comparison.html(), to: output) }
      print(json ? jsonText(comparison) : comparison.table)
      if let output, !json { print("wrote \(output)") }
    }
  }

  private func file(_ run: String) -> String {
    run.hasSuffix(".jsonl") ? run : (run.hasSuffix("/") ? String(run.dropLast()) : run) + "/" + MetricsFile.name
  }

  /// The folder's own name where that tells the runs apart, else the whole path.
  private func names() -> [String] {
    let short = runs.map { run in
      let parts = run.split(separator: "/").map(String.init)
      return (run.hasSuffix("/\(MetricsFile.name)") ? parts.dropLast() : parts[...]).last ?? run
    }
    return zip(short, runs).map { name, path in short.filter { $0 == name }.count > 1 ? path : name }
  }

  private func jsonText(_ comparison: RunComparison) -> String {
    JSONValue.array(
      zip(comparison.runs, runs).map { run, path in
        var object: JSONObject = ["run": .string(run.name), "path": .string(path)]
        if let step = run.history.steps.last?.step { object["steps"] = .int(Int64(step)) }
        if let loss = run.history.curve("loss").last { object["loss"] = .double(loss.value) }
        var tasks = JSONObject()
        for task in run.history.tasks {
          var values = JSONObject()
          for metric in run.history.metricNames(task) {
            guard let cell = comparison.cell(run, task, metric) else { continue }
            values[metric] = [
              "last": .double(cell.last), "best": .double(cell.best), "best_step": .int(Int64(cell.bestStep)),
            ]
          }
          tasks[task] = .object(values)
        }
        object["tasks"] = .object(tasks)
        return .object(object)
      }
    ).compact()
  }
}
