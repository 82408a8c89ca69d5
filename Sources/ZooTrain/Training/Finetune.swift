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
  let heads = model.heads.map(\.name)
  let steps = prepared.steps
  let microBatch = min(settings.microBatch ?? settings.batch, settings.batch)
  try prepared.checkCoupling(microBatch: microBatch)
  try prepared.checkImages()
  let schedule = Schedule(settings.schedule, rate: settings.optimizer.rate, steps: steps)
  let program = try TrainingProgram(model, heads: heads, engine: engine, microBatch: microBatch)
  let optimizer = try Optimizer(settings.optimizer, store: model.store, engine: engine)
  let feed = try TaskFeed(prepared, heads: heads, steps: 0..<steps, threads: 2)
  defer { feed.cancel() }
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
    report(.started(steps: steps, batch: settings.batch, microBatch: microBatch, plan: program.plan))
    var clock = ContinuousClock.now
    for step in 1...steps {
      guard let batch = try feed.next() else { break }
      let (losses, gradients) = try program.run(images: batch.images, count: batch.count, targets: batch.targets)
      let loss = losses.reduce(0, +)
      guard loss.isFinite else {
        throw TrainError.notFinite(step: step, loss: loss, norm: nil, files: batch.names)
      }
      let rate = schedule.rate(at: step - 1)
      let norm = optimizer.step(gradients, rate: rate, clipNorm: settings.clipNorm)
      guard norm.isFinite else {
        throw TrainError.notFinite(step: step, loss: loss, norm: norm, files: batch.names)
      }

      let now = ContinuousClock.now
      let speed = Double(batch.count) / ((now - clock) / .seconds(1))
      clock = now
      if step % settings.logEvery == 0 || step == steps {
        try metrics.append(
          [
            "step": .int(Int64(step)), "loss": .double(loss), "lr": .double(rate), "gradient_norm": .double(norm),
            "images_per_second": .double((speed * 100).rounded() / 100),
          ])
        report(.step(number: step, of: steps, loss: loss, rate: rate, imagesPerSecond: speed))
      }
      if step < steps, settings.evaluateEvery.map({ step % $0 == 0 }) ?? false {
        try evaluate(after: step)
        clock = ContinuousClock.now
      }
      if stopped() { throw TrainError.interrupted(step: step) }
    }
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
  let settings = prepared.recipe.train
  let heads = prepared.model.heads.map(\.name)
  let microBatch = min(settings.microBatch ?? settings.batch, settings.batch)
  try prepared.checkCoupling(microBatch: microBatch)
  let schedule = Schedule(settings.schedule, rate: settings.optimizer.rate, steps: prepared.steps)
  let program = try TrainingProgram(prepared.model, heads: heads, engine: engine, microBatch: microBatch)
  let optimizer = try Optimizer(settings.optimizer, store: prepared.model.store, engine: engine)
  let feed = try TaskFeed(prepared, heads: heads, steps: 0..<prepared.steps, threads: 1)
  defer { feed.cancel() }
  for step in 0..<prepared.steps {
    guard let batch = try feed.next() else { break }
    let (losses, gradients) = try program.run(images: batch.images, count: batch.count, targets: batch.targets)
    let norm = optimizer.step(gradients, rate: schedule.rate(at: step), clipNorm: settings.clipNorm)
    let loss = losses.reduce(0, +)
    guard loss.isFinite, norm.isFinite else {
      throw TrainError.notFinite(
        step: step + 1, loss: loss, norm: loss.isFinite ? norm : nil, files: batch.names)
    }
  }
}

extension PreparedRecipe {
  /// Optimiser steps of the run.
  public var steps: Int {
    switch recipe.train.length {
    case .steps(let steps): return steps
    case .epochs(let epochs):
      // An epoch is a pass over the largest set of all tasks.
      let longest = tasks.enumerated().map { index, task in
        let share = TaskFeed.share(index, of: tasks.count, batch: recipe.train.batch)
        return (task.train.dataset.count + share - 1) / max(share, 1)
      }
      return max(1, epochs * (longest.max() ?? 1))
    }
  }

  /// Reads the header of every image, so that a file that is none ends the run before it begins, not at its end.
  func checkImages() throws {
    for task in tasks {
      for data in [task.train, task.evaluate].compactMap({ $0 }) {
        for index in 0..<data.dataset.count { _ = try data.dataset.size(at: index) }
      }
    }
  }

  /// A head whose loss couples examples needs its whole batch at once; every task needs at least one example.
  func checkCoupling(microBatch: Int) throws {
    let batch = recipe.train.batch
    let place =
      recipe.location(of: "train.micro-batch") ?? recipe.location(of: "train") ?? SourceLocation(file: recipe.path)
    guard batch >= tasks.count else {
      throw TrainError.recipe(RecipeError(at: place, "a batch of \(batch) is too small for \(tasks.count) tasks"))
    }
    for head in model.heads where microBatch < batch {
      if try head.instance.headDeclaration().couplesExamples {
        throw TrainError.recipe(
          RecipeError(
            at: place,
            "the loss of head '\(head.name)' couples the examples of a batch, so it cannot run in micro-batches"))
      }
    }
  }
}
