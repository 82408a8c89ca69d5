import ZooArchive
import ZooData
import ZooEngine
import ZooGraph
import ZooRecipe

/// Speed of a model's forward pass or training step, measured after a warm-up.
public struct BenchResult: Sendable {
  /// Seconds of each repetition, in order.
  public let seconds: [Double]
  public let batch: Int
  /// Floating-point operations of one repetition in products, convolutions and attention.
  public let flops: Int
  /// Of activations and scratch; `liveBytes` of them are in use at the fullest moment.
  public let arenaBytes: Int
  public let liveBytes: Int
  /// Of weights, gradients and what the optimiser remembers.
  public let stateBytes: Int
  /// The most memory that the process has had until the end of the measurement; nil where that is not known.
  public let peakBytes: Int?
  /// The operations in their order, with the least of each one's times over as many further runs.
  public let timeline: [(name: String, implementation: String, seconds: Double, flops: Int)]
  /// Those times by operation, the longest first: name, implementation, calls, seconds, flops.
  public let operations: [(name: String, implementation: String, calls: Int, seconds: Double, flops: Int)]
  /// Of one more run, beside `timeline`: which thread worked when; nil unless asked for.
  public let trace: [InstructionTrace]?

  public var best: Double { seconds.min() ?? 0 }
  public var imagesPerSecond: Double { Double(batch) / best }
}

/// Measures `repeats` forward passes of the whole model over random images.
/// - Parameter traces: whether threads are watched in a run of its own after the others.
public func benchForward(
  _ model: Model, engine: Engine, batch: Int, repeats: Int, traces: Bool = false
) throws -> BenchResult {
  let inference = try Inference(model, engine: engine, batch: batch)
  let images = randomImages(model.config.input, batch)
  return try measure(
    repeats, batch: batch, plan: inference.plan, stateBytes: model.store.span * 4, profile: inference.profile,
    trace: traces ? inference.trace : nil
  ) {
    try inference.run(images)
  }
}

/// Measures `repeats` training steps (forward, backward, SGD with momentum) on one random batch, learning the model's
/// first head.
/// - Parameter traces: whether threads are watched in a run of its own after the others.
public func benchTraining(
  _ model: Model, engine: Engine, batch: Int, repeats: Int, recompute: Recompute = .auto, traces: Bool = false
) throws -> BenchResult {
  guard let head = model.heads.first else {
    throw TrainError.model(model.origin.archive?.name ?? "model", "has no head to train; give --classes")
  }
  let program = try TrainingProgram(model, heads: [head.name], engine: engine, microBatch: batch, recompute: recompute)
  let optimizer = try Optimizer(
    OptimizerSettings(kind: .sgd, rate: 1e-6), store: model.store, layout: program.gradients, engine: engine)
  let images = randomImages(model.config.input, batch)
  let weights = [Float](repeating: 1 / Float(batch), count: batch)
  let targets =
    head.config.target == "class"
    ? TrainingProgram.Targets(labels: (0..<batch).map { Int32($0 % max(head.classes, 1)) }, weights: weights)
    : TrainingProgram.Targets(
      .values([Float](repeating: 0, count: batch * head.classes), width: head.classes), weights: weights)
  let blocks = [program.gradients] + optimizer.state.map(\.values)
  let stateBytes = (model.store.span + blocks.reduce(0) { $0 + $1.span }) * 4
  return try measure(
    repeats, batch: batch, plan: program.plan, stateBytes: stateBytes, profile: program.profile,
    trace: traces ? program.trace : nil
  ) {
    let (_, gradients) = try program.run(images: images, count: batch, targets: [targets])
    _ = optimizer.step(gradients, rate: 1e-6, clipNorm: nil)
  }
}

private func randomImages(_ input: ModelInput, _ batch: Int) -> [Float] {
  var random = CounterRandom(seed: 1, 0)
  return (0..<(batch * input.height * input.width * input.channels)).map { _ in Float(2 * random.uniform() - 1) }
}

private func measure(
  _ repeats: Int, batch: Int, plan: ProgramPlan, stateBytes: Int, profile: () throws -> [Double],
  trace: (() throws -> [InstructionTrace])?, _ body: () throws -> Void
) throws -> BenchResult {
  for _ in 0..<2 { try body() }
  let seconds = try (0..<max(repeats, 1)).map { _ in
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
  var operations: [(name: String, implementation: String, calls: Int, seconds: Double, flops: Int)] = []
  var least = try profile()
  for _ in 1..<max(repeats, 1) { least = zip(least, try profile()).map { min($0, $1) } }
  let timeline = zip(plan.instructions, least).map { line, time in
    (name: line.operation + (line.again ? " (again)" : ""), implementation: line.implementation, seconds: time,
      flops: line.flops)
  }
  for line in timeline {
    if let index = operations.firstIndex(where: {
      $0.name == line.name && $0.implementation == line.implementation
    }) {
      operations[index].calls += 1
      operations[index].seconds += line.seconds
      operations[index].flops += line.flops
    } else {
      operations.append((line.name, line.implementation, 1, line.seconds, line.flops))
    }
  }
  return BenchResult(
    seconds: seconds, batch: batch, flops: plan.flops, arenaBytes: plan.arenaBytes,
    liveBytes: plan.liveBytes, stateBytes: stateBytes, peakBytes: peakMemory(),
    timeline: timeline,
    operations: operations.sorted { ($0.seconds, $1.name) > ($1.seconds, $0.name) }, trace: try trace?())
}
