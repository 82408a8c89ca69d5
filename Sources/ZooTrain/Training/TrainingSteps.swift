import ZooEngine
import ZooRecipe

extension Recompute {
  init(_ choice: RecomputeChoice) {
    switch choice {
    case .auto: self = .auto
    case .none: self = .none
    case .blocks: self = .blocks
    }
  }
}

/// What every step of a training does: a batch through the program, the numbers checked, the optimiser, the average.
final class TrainingSteps {
  struct Outcome {
    let loss: Double
    let rate: Double
    /// Of the gradients, before clipping.
    let norm: Double
    let images: Int
  }

  let optimizer: Optimizer
  let average: WeightAverage?
  /// Has the parameters that learn.
  var layout: ParameterBlock { program.gradients }
  /// The weights that the steps change: the model's own, or those of its adapters.
  let store: ParameterStore
  private let model: Model
  private let adapters: LowRankAdapters?
  private let kernels: OptimizerKernels
  private let program: TrainingProgram
  private let schedule: Schedule
  /// Nil until the features are there that take the place of images.
  private var feed: TaskFeed?
  private let features: TrunkFeatures?
  private let makeFeed: ([FeatureStore]) throws -> TaskFeed
  private let prepared: PreparedRecipe
  private let engine: Engine
  private let clipNorm: Double?
  private let loaderThreads: Int

  /// Compiles, and starts loading; where a frozen trunk computes images once, `prepareFeatures` does that.
  /// - Parameter done: steps that were made before; the first batch is the one after them.
  init(_ prepared: PreparedRecipe, engine: Engine, loaderThreads: Int, after done: Int = 0) throws {
    let (model, settings) = (prepared.model, prepared.recipe.train)
    let heads = prepared.learningHeads
    let treatments = try prepared.treatments()
    let adapters = try prepared.adapters()
    let store = adapters?.store ?? model.store
    schedule = Schedule(prepared.schedule, rate: settings.optimizer.rate, steps: prepared.steps)
    let features = try prepared.featureReuse().features
    program = try TrainingProgram(
      model, heads: heads, engine: engine, microBatch: prepared.microBatch, seed: settings.seed, features: features,
      adapters: adapters, recompute: Recompute(settings.recompute), learning: { !treatments[$0].isFrozen })
    let layout = program.gradients
    optimizer = try Optimizer(settings.optimizer, store: store, layout: layout, engine: engine) { treatments[$0] }
    average = try settings.average.map { try WeightAverage($0, store: store, layout: layout, engine: engine) }
    makeFeed = { stores in
      try TaskFeed(
        prepared, heads: heads, steps: done..<max(done, prepared.steps), threads: loaderThreads, features: stores)
    }
    feed = features == nil ? try makeFeed([]) : nil
    (self.features, self.prepared, self.engine) = (features, prepared, engine)
    clipNorm = settings.clipNorm
    self.loaderThreads = loaderThreads
    (self.store, self.model, self.adapters, kernels) = (store, model, adapters, OptimizerKernels(engine))
  }

  var plan: ProgramPlan { program.plan }

  /// Runs a frozen trunk over all images, where that is to be done once for all steps; call it before the first.
  /// - Parameter folder: for what is too much for memory.
  func prepareFeatures(in folder: String, progress: (_ done: Int, _ of: Int) throws -> Void) throws {
    guard let features, feed == nil else { return }
    let stores = try prepared.computeFeatures(
      features, engine: engine, folder: folder, loaderThreads: loaderThreads, progress: progress)
    feed = try makeFeed(stores)
  }

  /// Step 1, 2, … in order; nil when there are no more batches.
  /// - Throws: `TrainError.notFinite` with the batch's examples.
  func run(_ step: Int) throws -> Outcome? {
    guard let batch = try feed?.next() else { return nil }
    let (losses, gradients) = try program.run(
      images: batch.images, count: batch.count, targets: batch.targets, step: step)
    let loss = losses.reduce(0, +)
    guard loss.isFinite else { throw TrainError.notFinite(step: step, loss: loss, norm: nil, files: batch.names) }
    let rate = schedule.rate(at: step - 1)
    let norm = optimizer.step(gradients, rate: rate, clipNorm: clipNorm)
    guard norm.isFinite else { throw TrainError.notFinite(step: step, loss: loss, norm: norm, files: batch.names) }
    average?.update()
    return Outcome(loss: loss, rate: rate, norm: norm, images: batch.count)
  }

  /// What a run carries from step to step beside the weights, by name.
  var blocks: [(name: String, values: ParameterBlock)] {
    optimizer.state + (average.map { [("average", $0.values)] } ?? [])
  }

  /// Takes up a run whose weights and blocks were put back.
  func resume(after step: Int) {
    optimizer.steps = step
    average?.updates = step
  }

  /// Whether all weights that learn are numbers.
  var weightsAreFinite: Bool { layout.parts { _ in true }.allSatisfy { kernels.allFinite(store, part: $0.part) } }

  /// Does something while the model has the weights that the run is for: the average where there is one to be used, with
  /// low-rank updates merged.
  /// - Parameter folder: for what must be put aside meanwhile.
  func withResult<Result>(in folder: String, _ body: () throws -> Result) throws -> Result {
    exchangeAverage()
    defer { exchangeAverage() }
    return try adapters?.whileMerged(in: folder, body) ?? body()
  }

  /// Leaves the model with those weights. No step can follow.
  func finish() throws {
    exchangeAverage()
    cancel()
    try adapters?.merge()
  }

  private func exchangeAverage() {
    if average?.settings.use == .average { average?.exchange() }
  }

  /// Ends the loading.
  func cancel() { feed?.cancel() }
}
