import ArgumentParser
import ZooArchive
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

struct Study: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer a question by training every combination of some variants.",
    discussion: """
      A study names an upstream recipe, a downstream recipe and what is varied. What was trained is kept in the folder, so a \
      study that was interrupted goes on, and one that is changed trains what is new.
      """)

  @Argument(help: ArgumentHelp("The study.", valueName: "study.yaml"))
  var study: String
  @Option(name: .customLong("set"), help: ArgumentHelp("Override a value, such as downstream.subsets=3.", valueName: "a.b=c"))
  var settings: [String] = []
  @Option(name: [.short, .long], help: ArgumentHelp("Where to write (default: runs/studies/NAME).", valueName: "folder"))
  var output: String?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func run() throws {
    try reporting {
      let recipe = try StudyRecipe.load(path: study, overrides: settings)
      let name = study.split(separator: "/").last.map(String.init) ?? study
      let folder = output ?? "runs/studies/" + (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name)
      let stop = StopSignals()
      defer { stop.restore() }
      var progress = Progress()
      let run = StudyRun(
        recipe, in: folder, plugins: shared.plugins(), store: try shared.store(), engine: try compute.open(),
        stopped: { stop.received != nil }
      ) { tell($0, &progress) }
      let results: [StudyResult]
      do { results = try run.results() } catch {
        progress.close()
        guard case TrainError.interrupted = error, let signal = stop.received else { throw error }
        printError("the study was interrupted; what is done is kept in \(folder)")
        throw ExitCode(128 + signal)
      }
      progress.close()
      let page = page(recipe, results)
      try AtomicFile.write(page.html(), to: folder + "/study.html")
      try AtomicFile.write("# \(recipe.title)\n\n\(page.table)\n", to: folder + "/study.md")
      print(json ? jsonText(results) : page.table + "\nwrote \(folder)/study.html")
    }
  }

  private func tell(_ event: StudyRun.Event, _ progress: inout Progress) {
    switch event {
    case .upstream(let settings, let folder):
      progress = Progress(after: 0)
      printError("training \(folder)" + (settings.isEmpty ? "" : " with \(settings.joined(separator: " "))"))
    case .training(.step(let number, let steps, let loss, let rate, let speed)):
      progress.step(number, of: steps, loss: loss, rate: rate, imagesPerSecond: speed)
    case .training(.evaluated(_, let task, let values)):
      progress.close()
      printError("\(task): " + values.map { "\($0.name) \(valueText($0))" }.joined(separator: "  "))
    case .training: break
    case .learnt(let names, let shots, let subset, let accuracy):
      progress.close()
      printError("\(names.joined(separator: ", ")): \(shots) per class, subset \(subset): \(fixed(accuracy * 100, 1)) %")
    }
  }

  private func page(_ study: StudyRecipe, _ results: [StudyResult]) -> StudyPage {
    func place(_ name: String) -> Int? { study.axes.firstIndex { $0.name == name } }
    let plot = study.plot.flatMap { plot -> (x: Int, curves: Int?, shots: Int)? in
      guard let x = place(plot.x) else { return nil }
      return (x, plot.curves.flatMap(place), plot.shots ?? study.downstream.shots.max() ?? 1)
    }
    let rows = results.map { result in
      StudyPage.Row(
        names: result.names,
        values: zip(study.axes, result.names).map { axis, name in axis.variants.first { $0.name == name }?.value },
        parameters: result.parameters, imagesPerSecond: result.imagesPerSecond, upstream: result.upstream,
        accuracies: result.cells.compactMap { cell in
          cell.spread.map { (cell.shots, $0.median, $0.low, $0.high) }
        })
    }
    return StudyPage(title: study.title, axes: study.axes.map(\.name), rows: rows, plot: plot)
  }

  private func jsonText(_ results: [StudyResult]) -> String { JSONValue.array(results.map(\.json)).compact() }
}
