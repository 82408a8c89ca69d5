import ZooArchive
import ZooEngine
import ZooRecipe

/// What a run has on disk: its folder, log, checkpoint and best model.
final class Run {
  let folder: RunFolder
  /// Steps made before this process.
  let done: Int
  private let log: MetricsLog
  private let conditions: RunConditions
  private let prepared: PreparedRecipe
  /// What computes the golden outputs.
  private let library: ZooEngine.EngineChoice
  private var best: BestSoFar?
  /// The model is written; nothing that fails later is the run's.
  private var isFinished = false
  /// Of the last checkpoint in the folder; nil for none.
  private(set) var lastCheckpoint: Int?

  /// - Parameter resumed: where the run goes on.
  init(
    _ prepared: PreparedRecipe, in output: String, _ entry: RunFolder.Entry, conditions: RunConditions,
    engine: Engine, resumed: Checkpoint?
  ) throws {
    folder = try RunFolder(output, entry)
    log = try MetricsLog(path: folder.log, keeping: resumed?.logBytes ?? 0)
    (self.prepared, self.conditions) = (prepared, conditions)
    library = ZooEngine.EngineChoice(rawValue: engine.name) ?? .auto
    (done, lastCheckpoint) = (resumed?.step ?? 0, resumed?.step)
    best = prepared.recipe.train.keepBest.map { BestSoFar($0, mark: resumed?.best) }
  }

  func logStep(_ step: Int, _ done: TrainingSteps.Outcome, imagesPerSecond: Double) throws {
    try log.append(
      [
        "step": .int(Int64(step)), "loss": .double(done.loss), "lr": .double(done.rate),
        "gradient_norm": .double(done.norm),
        "images_per_second": .double((imagesPerSecond * 100).rounded() / 100),
      ])
  }

  func logEvaluation(_ step: Int, task: String, _ values: [(name: String, value: Double)]) throws {
    let members = values.map { (key: $0.name, value: number($0)) }
    try log.append(["step": .int(Int64(step)), "task": .string(task), "evaluation": .object(JSONObject(members))])
  }

  /// Keeps the model where an evaluation is the best yet.
  /// - Returns: whether it is.
  func keepIfBest(_ results: [(task: String, values: [(name: String, value: Double)])], step: Int) throws -> Bool {
    guard try best?.takes(results, step: step) ?? false else { return false }
    try writeModel(folder.best)
    return true
  }

  /// The best evaluation, and whether the recipe's patience is at an end.
  var bestSoFar: (step: Int, value: Double, isOver: Bool)? {
    best.flatMap { best in best.mark.map { ($0.step, $0.value, best.isOver) } }
  }

  /// What a failed run leaves: a checkpoint to go on from with its log, the log of a divergence, or nothing.
  /// - Returns: the error, with the way on.
  func failed(_ error: any Error) -> any Error {
    if isFinished { return error }
    if case TrainError.interrupted = error { return error }
    let isDivergence = (error as? TrainError)?.isDivergence ?? false
    guard let step = lastCheckpoint else {
      if isDivergence { folder.keepLog() } else { folder.discard() }
      return error
    }
    guard isDivergence else { return error }
    return TrainError.failedAfterCheckpoint(step: step, path: folder.file(Checkpoint.name), cause: "\(error)")
  }

  /// Writes the run's result.
  func finish() throws -> String {
    let path = folder.file("model.tar")
    try writeModel(path)
    isFinished = true
    folder.finish()
    return path
  }

  private func writeModel(_ path: String) throws {
    // A model without golden outputs can be used, and says so; a run that is lost for the lack of them is gone.
    let golden = try? Golden(prepared.model, library)
    try prepared.model.write(
      to: path, name: prepared.recipe.name, recipe: prepared.recipe.resolvedText(origins: false),
      data: prepared.dataSets(), createdBy: "zoo finetune", golden: golden)
  }

  /// - Throws: `TrainError.notFinite` where the weights have left the numbers; the checkpoint before stays.
  func writeCheckpoint(after step: Int, _ training: TrainingSteps) throws {
    guard training.weightsAreFinite else { throw TrainError.weightsNotFinite(step: step) }
    let checkpoint = Checkpoint(step: step, logBytes: try log.sync(), best: best?.mark, conditions: conditions)
    try checkpoint.write(training, in: folder.path)
    lastCheckpoint = step
  }
}
