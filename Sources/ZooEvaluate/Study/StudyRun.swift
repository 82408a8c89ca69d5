import FoundationEssentials
import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// Carries out a study: trains each upstream model once, fine-tunes each combination, and keeps what is done, so that a
/// study that was interrupted goes on where it was.
public struct StudyRun {
  public enum Event: Sendable {
    case upstream(settings: [String], folder: String)
    case training(TrainingEvent)
    case learnt(names: [String], shots: Int, subset: Int, accuracy: Double)
  }

  private let study: StudyRecipe
  private let folder: String
  private let plugins: Plugins
  private let store: Store
  private let engine: Engine
  private let stopped: () -> Bool
  private let report: (Event) -> Void

  /// - Parameters:
  ///   - folder: `results.json` and the upstream runs.
  ///   - stopped: asked after every training; true ends the study with `TrainError.interrupted`.
  public init(
    _ study: StudyRecipe, in folder: String, plugins: Plugins, store: Store, engine: Engine,
    stopped: @escaping () -> Bool = { false }, report: @escaping (Event) -> Void
  ) {
    (self.study, self.folder, self.plugins, self.store, self.engine) = (study, folder, plugins, store, engine)
    (self.stopped, self.report) = (stopped, report)
  }

  /// One result for each combination, in the order of the axes.
  public func results() throws -> [StudyResult] {
    // What is wrong in any recipe is said before anything is trained.
    let trials = try StudyCell.all(study.axes).map { cell in
      let settings = study.downstream.settings + cell.downstream
      let downstream = try Recipe.load(path: study.downstream.recipe.resolved(), overrides: settings)
      if cell.search != nil, study.downstream.shots.contains(1) { throw EvaluateError.nothingToHoldOut(shots: 1) }
      return Trial(cell: cell, upstream: try upstreamRecipe(cell), downstream: downstream, settings: settings)
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let known = try readResults()
    var results: [StudyResult] = []
    for trial in trials {
      let result = try result(trial, known)
      results.append(result)
      // Those of other combinations stay: a study may come back to them.
      let others = known.filter { old in !results.contains { $0.key == old.key } }
      let json: JSONValue = [
        "schema": .string(Self.schema), "title": .string(study.title), "results": .array((results + others).map(\.json)),
      ]
      try AtomicFile.write(json.pretty(), to: folder + "/results.json")
    }
    return results
  }

  static let schema = "zoo.study/1"

  private func readResults() throws -> [StudyResult] {
    let path = folder + "/results.json"
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let bytes = try readFile(path)
    let json = try JSONValue(parsing: bytes, file: path)
    guard json["schema"]?.string == Self.schema else {
      throw EvaluateError.results(file: path, "is not of schema \(Self.schema)")
    }
    return (json["results"]?.array ?? []).compactMap(StudyResult.init)
  }

  /// A combination with its recipes.
  private struct Trial {
    let cell: StudyCell
    let upstream: (recipe: Recipe, settings: [String])?
    let downstream: Recipe
    /// Those that made the downstream recipe.
    let settings: [String]
  }

  private func result(_ trial: Trial, _ known: [StudyResult]) throws -> StudyResult {
    let (cell, downstream) = (trial.cell, study.downstream)
    let own = try trial.upstream.map { try trained($0.recipe, $0.settings) }
    let training = try FewShotTraining(
      .file(trial.downstream.path), overrides: trial.settings + (own.map { ["model=\($0.archive)"] } ?? []),
      plugins: plugins, store: store, engine: engine)
    let facts: JSONValue = [
      "recipe": .string(trial.downstream.resolvedText(origins: false)),
      "upstream": own.map { .string($0.key) } ?? .null,
      "model": training.prepared.model.origin.archive.map { .string($0.digest) } ?? .null,
      "shots": .array(downstream.shots.map { .int(Int64($0)) }),
      "subsets": .int(Int64(downstream.subsets)), "search": .string("\(cell.search.map { "\($0)" } ?? "")"),
      "precision": .string(engine.precision.rawValue), "engine": .string(engine.version),
    ]
    let key = Digest.sha256(Array(facts.compact().utf8))
    if let done = known.first(where: { $0.key == key && $0.names == cell.names }) { return done }
    let task = training.prepared.tasks[0]
    guard let test = task.evaluate else { throw EvaluateError.nothingToMeasure }
    let fewShot = try FewShot(
      train: task.train, test: test, shots: downstream.shots, subsets: downstream.subsets, algebra: Algebra())
    let speed = try benchForward(training.prepared.model, engine: engine, batch: 64, repeats: 5).imagesPerSecond
    let cells = try fewShot.measure(
      .finetune, each: { report(.learnt(names: cell.names, shots: $0, subset: $1, accuracy: $3)) }
    ) { data, _ in
      if stopped() { throw TrainError.interrupted(step: 0) }
      guard let search = cell.search else { return try training.accuracy(data) }
      return try training.accuracy(data, settings: try best(search, data, training))
    }
    let parameters = training.prepared.model.store.entries.reduce(0) { $0 + $1.count }
    return StudyResult(
      names: cell.names, key: key, parameters: parameters, imagesPerSecond: speed, upstream: own?.accuracy,
      cells: cells.map { .init(shots: $0.shots, accuracies: $0.accuracies) })
  }

  /// The settings of the trial that is right most often on the held-out part; of equal ones the first.
  private func best(
    _ search: StudyRecipe.Search, _ data: GivenData, _ training: FewShotTraining
  ) throws -> [String] {
    let shots = data.train.dataset.classCounts.min() ?? 0
    let divided = try search.divided(data.train, shots: shots)
    var (best, highest) = ([String](), -1.0)
    for settings in search.trialSettings {
      if stopped() { throw TrainError.interrupted(step: 0) }
      let accuracy = try training.accuracy(divided, settings: settings)
      if accuracy > highest { (best, highest) = (settings, accuracy) }
    }
    return best
  }
}

extension StudyRun {
  private func upstreamRecipe(_ cell: StudyCell) throws -> (recipe: Recipe, settings: [String])? {
    guard let upstream = study.upstream else { return nil }
    let settings = upstream.settings + cell.upstream
    return (try Recipe.load(path: upstream.recipe.resolved(), overrides: settings), settings)
  }

  /// The archive of an upstream model, trained now or before.
  private func trained(
    _ recipe: Recipe, _ settings: [String]
  ) throws -> (archive: String, key: String, accuracy: Double?) {
    let key = Digest.sha256(Array((recipe.resolvedText(origins: false) + engine.version + engine.precision.rawValue).utf8))
    let run = "\(folder)/upstream-\(key.prefix(12))"
    let archive = run + "/model.tar"
    if !FileManager.default.fileExists(atPath: archive) {
      report(.upstream(settings: settings, folder: run))
      let prepared = try PreparedRecipe(recipe, plugins: plugins, store: store)
      let exists = FileManager.default.fileExists(atPath: run)
      try finetune(
        prepared, engine: engine, output: run, resume: exists, evaluator: RecipeEvaluator(prepared, engine: engine),
        stopped: stopped) { report(.training($0)) }
    }
    return (archive, key, lastAccuracy(run + "/metrics.jsonl"))
  }

  /// The last top-1 of the upstream's own log.
  private func lastAccuracy(_ log: String) -> Double? {
    guard let bytes = try? readFile(log) else { return nil }
    return bytes.split(separator: 0x0A).reversed().lazy.compactMap { line in
      (try? JSONValue(parsing: Array(line), file: log))?["evaluation"]?["top-1"]?.number
    }.first
  }
}
