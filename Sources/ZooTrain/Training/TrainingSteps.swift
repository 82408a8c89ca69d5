import ZooEngine

/// What every step of a training does: a batch through the program, the numbers checked, the optimiser.
final class TrainingSteps {
  struct Outcome {
    let loss: Double
    let rate: Double
    /// Of the gradients, before clipping.
    let norm: Double
    let images: Int
  }

  private let program: TrainingProgram
  private let optimizer: Optimizer
  private let schedule: Schedule
  private let feed: TaskFeed
  private let clipNorm: Double?

  /// Compiles, and starts loading.
  init(_ prepared: PreparedRecipe, engine: Engine, loaderThreads: Int) throws {
    let (model, settings) = (prepared.model, prepared.recipe.train)
    let heads = model.heads.map(\.name)
    schedule = Schedule(settings.schedule, rate: settings.optimizer.rate, steps: prepared.steps)
    program = try TrainingProgram(model, heads: heads, engine: engine, microBatch: prepared.microBatch)
    optimizer = try Optimizer(settings.optimizer, store: model.store, engine: engine)
    feed = try TaskFeed(prepared, heads: heads, steps: 0..<prepared.steps, threads: loaderThreads)
    clipNorm = settings.clipNorm
  }

  var plan: ProgramPlan { program.plan }

  /// Step 1, 2, … in order; nil when there are no more batches.
  /// - Throws: `TrainError.notFinite` with the batch's examples.
  func run(_ step: Int) throws -> Outcome? {
    guard let batch = try feed.next() else { return nil }
    let (losses, gradients) = try program.run(images: batch.images, count: batch.count, targets: batch.targets)
    let loss = losses.reduce(0, +)
    guard loss.isFinite else { throw TrainError.notFinite(step: step, loss: loss, norm: nil, files: batch.names) }
    let rate = schedule.rate(at: step - 1)
    let norm = optimizer.step(gradients, rate: rate, clipNorm: clipNorm)
    guard norm.isFinite else { throw TrainError.notFinite(step: step, loss: loss, norm: norm, files: batch.names) }
    return Outcome(loss: loss, rate: rate, norm: norm, images: batch.count)
  }

  /// Ends the loading.
  func cancel() { feed.cancel() }
}
