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
  case started(steps: Int, batch: Int, microBatch: Int, plan: ProgramPlan)
  case step(number: Int, of: Int, loss: Double, rate: Double, imagesPerSecond: Double)
  case evaluated(step: Int, task: String, values: [(name: String, value: Double)])
  case wrote(path: String)
}

/// Fine-tunes by a recipe: the whole of it, top to bottom.
///
/// - Parameters:
///   - output: a folder; `metrics.jsonl` grows in it while the run goes, `model.tar` comes after the last step.
///   - evaluator: measures the model every `evaluate-every` steps and after the last.
///   - stopped: asked after every step; true ends the run with an error.
/// - Throws: before anything is written where the recipe, the model or the data are wrong.
public func finetune(
  _ prepared: PreparedRecipe, engine: Engine, output: String, overwrite: Bool = false, evaluator: any Evaluator,
  stopped: () -> Bool = { false }, report: (TrainingEvent) -> Void
) throws {
  let (recipe, model, settings) = (prepared.recipe, prepared.model, prepared.recipe.train)
  let steps = prepared.steps
  try prepared.checkCoupling()
  try prepared.checkImages()
  let training = try TrainingSteps(prepared, engine: engine, loaderThreads: 2)
  defer { training.cancel() }
  let folder = try RunFolder(output, overwrite: overwrite)
  let metrics = try MetricsLog(path: folder.log)
  func evaluate(after step: Int) throws {
    for (task, values) in try evaluator.evaluate(model) {
      let members = values.map { (key: $0.name, value: number($0)) }
      try metrics.append(
        ["step": .int(Int64(step)), "task": .string(task), "evaluation": .object(JSONObject(members))])
      report(.evaluated(step: step, task: task, values: values))
    }
  }

  do {
    report(.started(steps: steps, batch: settings.batch, microBatch: prepared.microBatch, plan: training.plan))
    var clock = ContinuousClock.now
    for step in 1...steps {
      guard let done = try training.run(step) else { break }
      let now = ContinuousClock.now
      let speed = Double(done.images) / ((now - clock) / .seconds(1))
      clock = now
      if step % settings.logEvery == 0 || step == steps {
        try metrics.append(
          [
            "step": .int(Int64(step)), "loss": .double(done.loss), "lr": .double(done.rate),
            "gradient_norm": .double(done.norm), "images_per_second": .double((speed * 100).rounded() / 100),
          ])
        report(.step(number: step, of: steps, loss: done.loss, rate: done.rate, imagesPerSecond: speed))
      }
      if step < steps, settings.evaluateEvery.map({ step % $0 == 0 }) ?? false {
        try training.withResult { try evaluate(after: step) }
        clock = ContinuousClock.now
      }
      if stopped() { throw TrainError.interrupted(step: step) }
    }
    training.finish()
    let path = folder.file("model.tar")
    try model.write(
      to: path, name: recipe.name, recipe: recipe.resolvedText(origins: false), createdBy: "zoo finetune")
    folder.finish()
    report(.wrote(path: path))
  } catch {
    // A diverged run's log shows why; any other failure leaves nothing behind.
    if case TrainError.notFinite = error { folder.keepLog() } else { folder.discard() }
    throw error
  }
  // The model is safe by now: evaluation data that turn out broken cost nothing but the measurement.
  try evaluate(after: steps)
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
  for step in 1...prepared.steps {
    guard try training.run(step) != nil else { break }
  }
  training.finish()
}

extension PreparedRecipe {
  /// Examples computed at once; no more than a batch.
  public var microBatch: Int { min(recipe.train.microBatch ?? recipe.train.batch, recipe.train.batch) }

  /// Optimiser steps of the run.
  public var steps: Int {
    switch recipe.train.length {
    case .steps(let steps): return steps
    case .epochs(let epochs):
      // An epoch is a pass over the largest set of all tasks.
      let longest = zip(groups, groupSizes).map { group, size in (group.dataset.count + size - 1) / max(size, 1) }
      return max(1, epochs * (longest.max() ?? 1))
    }
  }

  /// Reads the header of every image, so that a file that is none ends the run before it begins, not at its end.
  func checkImages() throws {
    for task in tasks {
      for data in [task.train, task.evaluate].compactMap({ $0 }) {
        try data.check()
      }
    }
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
    for head in model.heads where microBatch < batch && learningHeads.contains(head.name) {
      if try head.instance.headDeclaration().couplesExamples {
        throw TrainError.recipe(
          RecipeError(
            at: place,
            "the loss of head '\(head.name)' couples the examples of a batch, so it cannot run in micro-batches"))
      }
    }
  }
}
