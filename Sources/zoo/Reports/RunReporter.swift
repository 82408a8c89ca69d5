import FoundationEssentials
import Glibc
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

/// Keeps what people look at up to date in a run's folder: TensorBoard's event file while the run goes, the page at
/// its end. Both follow from `metrics.jsonl`, so a resumed run has them whole.
struct RunReporter {
  let folder: String
  let prepared: PreparedRecipe
  private var lastUpdate = ContinuousClock.now
  private static let pause = Duration.seconds(30)

  init(_ prepared: PreparedRecipe, folder: String) { (self.prepared, self.folder) = (prepared, folder) }

  private var metrics: String { folder + "/" + MetricsFile.name }
  private var events: String { folder + "/" + EventFile.name }

  /// Brings the event file up to `metrics.jsonl`, now and then unless `now`.
  mutating func update(now: Bool = false) throws {
    guard now || ContinuousClock.now - lastUpdate > Self.pause else { return }
    lastUpdate = ContinuousClock.now
    guard access(metrics, F_OK) == 0 else { return }
    let history = try MetricsFile.read(metrics, batch: prepared.recipe.train.batch)
    let old = (try? Data(contentsOf: URL(filePath: events))).map { [UInt8]($0) } ?? []
    let start = EventFile.start(of: old) ?? Date().timeIntervalSince1970
    let new = EventFile.encode(history, start: start)
    guard new != old else { return }
    // TensorBoard follows a file that grows. One that says something else, after a resumption, is replaced.
    if !old.isEmpty, new.starts(with: old) {
      try append(Array(new[old.count...]))
    } else {
      try AtomicFile.write(new, to: events)
    }
  }

  /// Removes the event file of a run that left no log.
  func discard() {
    guard access(metrics, F_OK) != 0, unlink(events) == 0 else { return }
    rmdir(folder)
  }

  /// Writes `report.html`.
  /// - Parameter program: what was compiled for the run; with it the page has the run's plan.
  /// - Returns: its path.
  func writePage(
    engine: String, program: ProgramPlan?, details: [(task: String, detail: ClassificationDetail)]
  ) throws -> String {
    let history = try MetricsFile.read(metrics, batch: prepared.recipe.train.batch)
    let recipe = prepared.recipe
    var facts = [(name: "steps of \(recipe.train.batch)", text: "\(history.steps.last?.step ?? 0)")]
    if let seconds = history.steps.last?.seconds, seconds > 0 { facts.append(("of training", duration(seconds))) }
    let plan = try program.map { planSections(try TrainingPlan(of: prepared, program: $0, output: folder)) }
    let report = RunReport(
      title: recipe.name, subtitle: "\(prepared.model.config.architecture) · \(engine)", facts: facts, history: history,
      tasks: history.tasks.map { name in
        TaskReportMaker(prepared: prepared, history: history).report(
          name, details.first { $0.task == name }?.detail)
      },
      texts: (plan.map { [("The plan", $0)] } ?? []) + [("The recipe as resolved", recipe.resolvedText(origins: true))])
    let path = folder + "/report.html"
    try AtomicFile.write(report.html(), to: path)
    return path
  }

  private func append(_ bytes: [UInt8]) throws {
    let file = open(events, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard file >= 0 else { throw ArchiveError(.system(.open, errno: errno), file: events) }
    defer { close(file) }
    guard bytes.withUnsafeBytes({ write(file, $0.baseAddress, $0.count) }) == bytes.count else {
      throw ArchiveError(.system(.write, errno: errno), file: events)
    }
  }
}

/// A task of a run as its page shows it.
struct TaskReportMaker {
  let prepared: PreparedRecipe
  let history: RunHistory

  func report(_ name: String, _ detail: ClassificationDetail?) -> TaskReport {
    let last = history.evaluations.last { $0.task == name }?.record.values ?? []
    guard let detail else { return TaskReport(name: name, metrics: last) }
    let data = prepared.tasks.first { $0.recipe.name == name }?.evaluate?.dataset
    return TaskReport(
      name: name, metrics: last,
      confusion: detail.counts.flatMap { ConfusionMatrix(classes: detail.classes, counts: $0) },
      mistakes: detail.mistakes.map { mistake in
        Mistake(
          name: mistake.name, label: detail.classes[mistake.label], answer: detail.classes[mistake.answer],
          answerProbability: mistake.answerProbability, labelProbability: mistake.labelProbability,
          thumbnail: data.flatMap { ExampleThumbnail.of($0, mistake.index) })
      })
  }
}
