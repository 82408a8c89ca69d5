import FoundationEssentials
import ZooArchive
import ZooEngine
import ZooRecipe

/// Measures a model between steps and at the end.
public protocol Evaluator {
  /// Named values for each task that has data to be measured on.
  func evaluate(_ model: Model) throws -> [(task: String, values: [(name: String, value: Double)])]
}

/// What a run tells while it goes.
public enum TrainingEvent: Sendable {
  /// `after` steps were made before, by the run that this one goes on with.
  case started(after: Int, steps: Int, batch: Int, microBatch: Int, plan: ProgramPlan)
  /// A frozen trunk computes the features of all images, once.
  case features(done: Int, of: Int)
  case step(number: Int, of: Int, loss: Double, rate: Double, imagesPerSecond: Double)
  case evaluated(step: Int, task: String, values: [(name: String, value: Double)])
  /// An evaluation was the best yet.
  case keptBest(step: Int, path: String)
  /// The recipe's patience came to its end.
  case stoppedEarly(step: Int, best: Int)
  case wrote(path: String)
}

/// Fine-tunes by a recipe: the whole of it, top to bottom.
///
/// - Parameters:
///   - output: a folder; `metrics.jsonl` grows in it while the run goes, `checkpoint/` holds what is needed to go on,
///     `model.tar` comes after the last step, and `best.tar` is the best so far where the recipe asks for it.
///   - resume: goes on where the folder's run was interrupted, to the same bits; from the beginning where it had come to
///     no checkpoint.
///   - evaluator: measures the model every `evaluate-every` steps and after the last.
///   - stopped: asked after every step; true ends the run with a checkpoint and `TrainError.interrupted`.
/// - Throws: before anything is written where the recipe, the model or the data are wrong.
public func finetune(
  _ prepared: PreparedRecipe, engine: Engine, output: String, overwrite: Bool = false, resume: Bool = false,
  evaluator: any Evaluator, stopped: () -> Bool = { false }, report: (TrainingEvent) -> Void
) throws {
  let (model, settings, steps) = (prepared.model, prepared.recipe.train, prepared.steps)
  try prepared.checkCoupling()
  try prepared.checkBest()
  try prepared.checkImages()
  try prepared.checkDeterministic(engine)
  let conditions = RunConditions(prepared, engine: engine)
  let resumed = resume ? try Checkpoint.resumable(in: output, under: conditions) : nil
  let training = try TrainingSteps(prepared, engine: engine, loaderThreads: 2, after: resumed?.step ?? 0)
  defer { training.cancel() }
  try resumed?.restore(training)
  let run = try Run(
    prepared, in: output, resume ? .resuming : overwrite ? .overwriting : .new, conditions: conditions,
    engine: engine, resumed: resumed)
  func evaluate(after step: Int) throws {
    let results = try evaluator.evaluate(model)
    for (task, values) in results {
      try run.logEvaluation(step, task: task, values)
      report(.evaluated(step: step, task: task, values: values))
    }
    if try run.keepIfBest(results, step: step) { report(.keptBest(step: step, path: run.folder.best)) }
  }

  do {
    report(
      .started(
        after: run.done, steps: steps, batch: settings.batch, microBatch: prepared.microBatch, plan: training.plan))
    try training.prepareFeatures(in: run.folder.path) { done, all in
      report(.features(done: done, of: all))
      if stopped() { throw TrainError.interrupted(step: run.done) }
    }
    var (clock, last) = (ContinuousClock.now, steps)
    for step in stride(from: run.done + 1, through: steps, by: 1) {
      guard let done = try training.run(step) else { break }
      let now = ContinuousClock.now
      let speed = Double(done.images) / ((now - clock) / .seconds(1))
      clock = now
      if step % settings.logEvery == 0 || step == steps {
        try run.logStep(step, done, imagesPerSecond: speed)
        report(.step(number: step, of: steps, loss: done.loss, rate: done.rate, imagesPerSecond: speed))
      }
      guard step < steps else { break }
      if settings.evaluateEvery.map({ step % $0 == 0 }) ?? false {
        try training.withResult(in: run.folder.path) { try evaluate(after: step) }
        if let best = run.bestSoFar, best.isOver {
          report(.stoppedEarly(step: step, best: best.step))
          last = step
          break
        }
        clock = ContinuousClock.now
      }
      let stop = stopped()
      if stop || step % settings.checkpointEvery == 0 { try run.writeCheckpoint(after: step, training) }
      if stop { throw TrainError.interrupted(step: step) }
    }
    try training.finish()
    report(.wrote(path: try run.finish()))
    // The model is safe by now: evaluation data that turn out broken cost nothing but the measurement.
    if last == steps { try evaluate(after: steps) }
    run.folder.removeCheckpoint()
  } catch {
    throw run.failed(error)
  }
}

/// A measured value as JSON: counts are whole.
public func number(_ item: (name: String, value: Double)) -> JSONValue {
  item.name == "images" ? .int(Int64(item.value)) : .double(item.value)
}

/// The same steps without a folder, a log or evaluations: for protocols that train many small models.
public func trainInMemory(_ prepared: PreparedRecipe, engine: Engine) throws {
  try prepared.checkCoupling()
  let training = try TrainingSteps(prepared, engine: engine, loaderThreads: 1)
  defer { training.cancel() }
  try training.prepareFeatures(in: FileManager.default.temporaryDirectory.path) { _, _ in }
  for step in 1...prepared.steps {
    guard try training.run(step) != nil else { break }
  }
  try training.finish()
}

extension PreparedRecipe {
  /// Examples computed at once; no more than a batch.
  public var microBatch: Int { min(recipe.train.microBatch ?? recipe.train.batch, recipe.train.batch) }

  /// Optimiser steps of the run.
  public var steps: Int {
    switch recipe.train.length {
    case .steps(let steps): return steps
    case .epochs(let epochs):
      let (steps, overflow) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
      return overflow ? Int.max : max(1, steps)
    }
  }

  /// An epoch is a pass over the largest set of all tasks.
  var stepsPerEpoch: Int {
    let all = zip(groups, groupSizes).map { group, size in (group.dataset.count + size - 1) / max(size, 1) }
    return all.max() ?? 1
  }

  /// The schedule with all its knots in steps.
  public var schedule: ScheduleSettings { recipe.train.schedule.inSteps(perEpoch: stepsPerEpoch) }

  /// Reads the header of every image, so that a file that is none ends the run before it begins, not at its end.
  func checkImages() throws {
    for task in tasks {
      for data in [task.train, task.evaluate].compactMap({ $0 }) {
        try data.check()
      }
    }
  }

  /// What is to be the best must be measured.
  func checkBest() throws {
    guard let best = recipe.train.keepBest else { return }
    let measured = tasks.filter { $0.evaluate != nil }.map(\.recipe.name)
    guard measured.contains(where: { best.task == nil || best.task == $0 }) else {
      throw TrainError.recipe(
        RecipeError(
          at: best.location,
          best.task.map { "no task '\($0)' has 'evaluate' data" } ?? "no task has 'evaluate' data to measure it on"))
    }
  }

  /// What the recipe promises of its result the engine must keep.
  func checkDeterministic(_ engine: Engine) throws {
    guard recipe.train.deterministic == .threads, !engine.isDeterministic else { return }
    let place = recipe.location(of: "train.deterministic") ?? SourceLocation(file: recipe.path)
    throw TrainError.recipe(
      RecipeError(at: place, "the engine was opened without it, so its results depend on the number of threads"))
  }

  /// A head whose loss couples examples needs its whole batch at once; every task needs at least one example.
  func checkCoupling() throws {
    let batch = recipe.train.batch
    let place =
      recipe.location(of: "train.micro-batch") ?? recipe.location(of: "train") ?? SourceLocation(file: recipe.path)
    guard batch >= groups.count else {
      throw TrainError.recipe(
        RecipeError(at: place, "a batch of \(batch) is too small for the data of \(groups.count) tasks"))
    }
    guard microBatch < batch else { return }
    if try model.graph(.train, targets: []).graph.couplesExamples {
      throw TrainError.recipe(
        RecipeError(
          at: place, "the model normalises over the examples of a batch, so it cannot run in micro-batches"))
    }
    for head in model.heads where learningHeads.contains(head.name) {
      if try head.instance.headDeclaration().couplesExamples {
        throw TrainError.recipe(
          RecipeError(
            at: place,
            "the loss of head '\(head.name)' couples the examples of a batch, so it cannot run in micro-batches"))
      }
    }
  }
}
