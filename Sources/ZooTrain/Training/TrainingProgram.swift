import ZooEngine
import ZooGraph
import ZooHost

/// A model compiled for training: losses and gradients of a micro-batch.
///
/// Every loss comes out per example; the host weighs the examples, so masks, sample weights and micro-batches are all
/// one thing: a number for each example and head.
public final class TrainingProgram {
  public let microBatch: Int
  /// Of the parameters that learn and that a loss depends on.
  public let gradients: ParameterBlock
  public var plan: ProgramPlan { program.plan }
  /// Seconds of each instruction of the plan, over one run with the last micro-batch.
  public func profile() throws -> [Double] { try program.profile() }
  /// Which thread worked when, over one run with the last micro-batch.
  public func trace() throws -> [InstructionTrace] { try program.trace() }

  private let program: Program
  /// Nil where the graph draws nothing for examples.
  private let keys: ExampleKeys?
  /// Nil where the graph draws nothing for steps.
  private let stepKeys: StepKeys?
  private let heads: [(name: String, classes: Int)]
  private let losses: [(output: String, head: Int, weight: Double)]
  private let updates: [(name: String, merge: StateMerge)]
  private let store: ParameterStore
  private let kernels: OptimizerKernels
  /// Sums over micro-batches; nil where one is the whole batch.
  private var total: ParameterBlock?

  /// - Parameters:
  ///   - heads: the names of the heads that learn.
  ///   - seed: of what is drawn for examples (dropout) and for steps (samples of classes).
  ///   - features: of a frozen trunk, which come in place of images: the program is of the heads alone.
  ///   - adapters: what learns in place of weights; the program then uses their store, not the model's.
  ///   - recompute: what the backward pass computes again; it changes memory and time alone.
  ///   - learns: the parameters whose gradients are wanted; nothing is computed for the others.
  public init(
    _ model: Model, heads names: [String], engine: Engine, microBatch: Int, seed: Int = 0,
    features: TrunkFeatures? = nil, adapters: LowRankAdapters? = nil, recompute: Recompute = .auto,
    learning learns: (ParameterSpec) -> Bool = { _ in true }
  ) throws {
    let built = try features.map { try $0.headGraph(model, names) } ?? model.graph(.train, targets: Set(names))
    var forward: [(name: String, value: Value)] = []
    var losses: [(output: String, head: Int, weight: Double)] = []
    for head in built.heads {
      guard let index = names.firstIndex(of: head.name) else { continue }
      for loss in head.build.losses {
        let name = "\(head.name).loss.\(loss.name)"
        forward.append((name, loss.value))
        losses.append((name, index, loss.weight))
      }
    }
    for update in built.updates { forward.append(("state " + update.name, update.value)) }

    var source = built.graph
    if let adapters {
      let adapted = try source.addingLowRank(adapters.updates)
      source = adapted.graph
      forward = forward.compactMap { output in adapted[output.value].map { (output.name, $0) } }
    }
    let parameterStore = adapters?.store ?? model.store
    let fused = try source.fusingNormalization(keeping: forward.map(\.value))
    var graph = fused.graph
    var outputs = forward.compactMap { output in fused[output.value].map { (name: output.name, value: $0) } }
    var seeds: [(value: Value, gradient: Value)] = []
    var weights: [Int: Value] = [:]
    for (output, loss) in zip(outputs, losses) {
      let rows = TensorType(.float32, [TensorType.batch])
      let weight = try weights[loss.head] ?? graph.input(names[loss.head] + ".weight", rows)
      weights[loss.head] = weight
      let seed =
        loss.weight == 1
        ? weight : try graph.apply(named: "scale@1", [weight], ["factor": .float(loss.weight)])[0]
      seeds.append((output.value, seed))
    }
    let parameters = graph.parameters.filter { learns($0.spec) }
    let gradients = try graph.differentiate(seeds, with: parameters.map(\.value))
    var wanted: [(parameter: String, value: Value)] = []
    for (parameter, gradient) in zip(parameters, gradients) {
      if let gradient { wanted.append((parameter.spec.name, gradient)) }
    }
    let final = try graph.fusingEpilogues(keeping: outputs.map(\.value) + wanted.map(\.value))
    outputs = outputs.compactMap { output in final[output.value].map { (output.name, $0) } }
    let reached = Set(wanted.map(\.parameter))
    let block = try ParameterBlock(like: parameterStore) { reached.contains($0.name) }
    program = try Program(
      final.graph, engine: engine, store: parameterStore, outputs: outputs,
      gradients: wanted.compactMap { gradient in final[gradient.value].map { (gradient.parameter, $0) } }, into: block,
      batch: microBatch, mode: .training, recompute: recompute)
    self.gradients = block
    let draws = final.graph.input(named: Graph.randomInput) != nil
    keys = draws ? ExampleKeys(seed: UInt64(bitPattern: Int64(seed))) : nil
    let samples = final.graph.input(named: Graph.stepInput) != nil
    stepKeys = samples ? StepKeys(seed: UInt64(bitPattern: Int64(seed))) : nil
    self.microBatch = microBatch
    self.losses = losses
    heads = names.map { name in (name, model.head(named: name)?.classes ?? 0) }
    let states = built.graph.states
    updates = built.updates.compactMap { update in
      states.first { $0.spec.name == update.name }.map { (update.name, $0.spec.merge) }
    }
    (store, kernels) = (parameterStore, OptimizerKernels(engine))
  }

  /// Forward and backward over a batch in micro-batches.
  ///
  /// - Parameters:
  ///   - images: [count, height, width, channels], row-major; features [count, their values].
  ///   - targets: for each head, in the order given at the start.
  ///   - step: with the seed and an example's place, what decides its draws.
  /// - Returns: each head's loss, Σ weight·loss; and the gradients of their sum, in the block that comes with them.
  public func run(images: [Float], count: Int, targets: [Targets], step: Int = 0) throws -> (
    losses: [Double], gradients: ParameterBlock
  ) {
    let each = images.count / max(count, 1)
    let pieces = (count + microBatch - 1) / microBatch
    var sums = [Double](repeating: 0, count: heads.count)
    var states: [String: [Float]] = [:]
    if let stepKeys { try program.set(Graph.stepInput, stepKeys.words(step: step)) }
    for piece in 0..<pieces {
      let range = (piece * microBatch)..<min(count, (piece + 1) * microBatch)
      let padding = microBatch - range.count
      let slice = images[(range.lowerBound * each)..<(range.upperBound * each)]
      try program.set("image", Array(slice) + [Float](repeating: 0, count: padding * each))
      if let keys { try program.set(Graph.randomInput, keys.words(step: step, range, padding: padding)) }
      for (head, target) in zip(heads, targets) {
        try set(target.labels, of: head.name, range, padding: padding)
        try program.set(head.name + ".weight", Array(target.weights[range]) + [Float](repeating: 0, count: padding))
      }
      try program.run()
      for loss in losses {
        let values = try program.output(loss.output).values
        for (value, weight) in zip(values, targets[loss.head].weights[range]) where weight != 0 {
          sums[loss.head] += Double(value) * Double(weight) * loss.weight
        }
      }
      try collect(&states, share: Double(range.count) / Double(count))
      if pieces > 1 { try addToTotal(first: piece == 0) }
    }
    for update in updates { if let values = states[update.name] { try store.setState(update.name, values) } }
    return (sums, pieces > 1 ? total ?? gradients : gradients)
  }

  /// Rows of a range; those filled up have no label.
  private func set(_ labels: Targets.Labels, of head: String, _ range: Range<Int>, padding: Int) throws {
    switch labels {
    case .classes(let first, let second, let mix):
      let none = [Int32](repeating: -1, count: padding)
      try program.set(head + ".first", Array(first[range]) + none)
      try program.set(head + ".second", Array(second[range]) + none)
      try program.set(head + ".mix", Array(mix[range]) + [Float](repeating: 1, count: padding))
    case .values(let values, let width):
      let part = values[(range.lowerBound * width)..<(range.upperBound * width)]
      try program.set(head + ".values", Array(part) + [Float](repeating: 0, count: padding * width))
    }
  }

  private func addToTotal(first: Bool) throws {
    let sum = try total ?? ParameterBlock(like: gradients)
    total = sum
    if first { kernels.clear(sum) }
    kernels.accumulate(gradients, into: sum)
  }

  /// Merges a micro-batch's state updates into those of the batch.
  private func collect(_ states: inout [String: [Float]], share: Double) throws {
    for update in updates {
      let values = try program.output("state " + update.name).values
      switch (update.merge, states[update.name]) {
      case (.mean, let old):
        let part = values.map { $0 * Float(share) }
        states[update.name] = old.map { zip($0, part).map { $0 + $1 } } ?? part
      case (.sum, let old?):
        // What each micro-batch added: all of them began with the same state.
        let start = store.state(update.name) ?? []
        states[update.name] = zip(zip(old, values), start).map { $0.0 + ($0.1 - $1) }
      case (.sum, nil), (.last, _): states[update.name] = values
      }
    }
  }
}
