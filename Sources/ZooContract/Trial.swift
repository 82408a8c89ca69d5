import ZooArchive
import ZooData
import ZooEngine
import ZooGraph
import ZooHost
import ZooTrain

/// A component on made-up data: its graph with losses and gradients, as a training compiles it, and values for its
/// parameters.
final class Trial {
  /// Something fed: random numbers, or what the made-up task says.
  struct Feed {
    let name: String
    let type: TensorType
  }
  let feeds: [Feed]
  let outputs: [(name: String, value: Value)]
  let losses: [(name: String, weight: Double)]
  let states: [(spec: StateSpec, value: Value)]
  /// As the component built it, for comparing builds.
  let signature: String
  let store: ParameterStore
  /// Parameters that no loss depends on.
  let unused: [String]
  private let graph: Graph
  private let compiledOutputs: [(name: String, value: Value)]
  private let gradients: [(parameter: String, value: Value)]
  private let block: ParameterBlock
  private var programs: [String: Program] = [:]

  /// - Parameters:
  ///   - graph: with what the component added.
  ///   - losses: of each example, [batch].
  ///   - watched: feeds whose gradient is wanted too.
  init(
    _ plain: Graph, feeds: [Feed], outputs: [(name: String, value: Value)], losses: [(value: Value, weight: Double)],
    updates: [StateUpdate], watched: [(name: String, value: Value)], store: ParameterStore? = nil
  ) throws {
    (self.feeds, self.outputs) = (
      feeds + [Feed(name: "weight", type: TensorType(.float32, [TensorType.batch]))], outputs
    )
    self.losses = losses.enumerated().map { ("loss \($0.offset)", $0.element.weight) }
    states = plain.states.filter { state in updates.contains { $0.name == state.spec.name } }
    signature = Self.signature(plain, outputs: outputs, losses: losses)
    self.store = try store ?? ParameterStore(for: plain)

    var forward = outputs.map { ("output " + $0.name, $0.value) }
    for (index, loss) in losses.enumerated() { forward.append(("loss \(index)", loss.value)) }
    for update in updates { forward.append(("state " + update.name, update.value)) }
    let fused = try plain.fusingNormalization(keeping: forward.map(\.1) + watched.map(\.value))
    var graph = fused.graph
    let weight = try graph.input("weight", TensorType(.float32, [TensorType.batch]))
    var seeds: [(value: Value, gradient: Value)] = []
    for loss in losses {
      guard let value = fused[loss.value] else { continue }
      let seed = try graph.apply(named: "scale@1", [weight], ["factor": .float(loss.weight)])[0]
      seeds.append((value, seed))
    }
    let parameters = graph.parameters
    let sources = watched.compactMap { item in fused[item.value].map { (item.name, $0) } }
    let found =
      seeds.isEmpty ? [] : try graph.differentiate(seeds, with: parameters.map(\.value) + sources.map(\.1))
    var wanted: [(parameter: String, value: Value)] = []
    var unused: [String] = []
    for (parameter, gradient) in zip(parameters, found) {
      if let gradient { wanted.append((parameter.spec.name, gradient)) } else { unused.append(parameter.spec.name) }
    }
    var kept = forward.compactMap { item in fused[item.1].map { (name: item.0, value: $0) } }
    for (source, gradient) in zip(sources, found.dropFirst(parameters.count)) {
      if let gradient { kept.append(("gradient " + source.0, gradient)) }
    }
    let final = try graph.fusingEpilogues(keeping: kept.map(\.value) + wanted.map(\.value))
    self.unused = unused
    self.graph = final.graph
    compiledOutputs = kept.compactMap { item in final[item.value].map { (item.name, $0) } }
    gradients = wanted.compactMap { item in final[item.value].map { (item.parameter, $0) } }
    block = try ParameterBlock(like: self.store)
  }

  /// Every node with its inputs and types: equal texts are equal graphs. Operations are named, with their fields.
  private static func signature(
    _ graph: Graph, outputs: [(name: String, value: Value)], losses: [(value: Value, weight: Double)]
  ) -> String {
    var text = ""
    for node in graph.nodes {
      switch node.kind {
      case .input(let name): text += "input \(name)"
      case .parameter(let spec): text += "parameter \(spec)"
      case .state(let spec): text += "state \(spec)"
      case .operation(let operation as OwnOperation): text += "\(operation.name) \(operation.attributes)"
      case .operation(let operation): text += "\(operation)"
      }
      text += " \(node.inputs.map(\.index)) -> \(node.outputs.map { describe(graph.type(of: $0).shape) })\n"
    }
    text += outputs.map { "\($0.name) = \($0.value.index)\n" }.joined()
    return text + losses.map { "loss \($0.value.index) \($0.weight)\n" }.joined()
  }

  /// What a run gives.
  struct Result {
    var outputs: [String: (values: [Float], shape: [Int])] = [:]
    /// Σ over examples and losses of weight·loss.
    var loss = 0.0
    var parameterGradients: [String: [Float]] = [:]

    func output(_ name: String) -> [Float] { outputs["output " + name]?.values ?? [] }
    func gradient(ofFeed name: String) -> [Float]? { outputs["gradient " + name]?.values }
    /// All numbers, in a fixed order.
    var numbers: [Float] {
      outputs.keys.sorted().flatMap { outputs[$0]?.values ?? [] }
        + parameterGradients.keys.sorted().flatMap { parameterGradients[$0] ?? [] }
    }
  }

  /// Runs a batch.
  /// - Parameter updating: whether states become what this batch makes of them.
  func run(_ batch: TrialBatch, engine: Engine, updating: Bool = false) throws -> Result {
    let key = "\(batch.count) \(engine.threads)"
    let program: Program
    if let old = programs[key] {
      program = old
    } else {
      program = try Program(
        graph, engine: engine, store: store, outputs: compiledOutputs, gradients: gradients, into: block,
        batch: batch.count, mode: .training)
      programs[key] = program
    }
    for feed in feeds {
      if let values = batch.floats[feed.name] { try program.set(feed.name, values) }
      if let values = batch.integers[feed.name] { try program.set(feed.name, values) }
    }
    try program.run()
    var result = Result()
    for output in compiledOutputs { result.outputs[output.name] = try program.output(output.name) }
    let weights = batch.floats["weight"] ?? []
    for loss in losses {
      for (value, weight) in zip(result.outputs[loss.name]?.values ?? [], weights) {
        result.loss += Double(value) * Double(weight) * loss.weight
      }
    }
    for entry in store.entries where gradients.contains(where: { $0.parameter == entry.spec.name }) {
      result.parameterGradients[entry.spec.name] = block.values(entry)
    }
    if updating {
      for state in states {
        if let values = result.outputs["state " + state.spec.name]?.values {
          try store.setState(state.spec.name, values)
        }
      }
    }
    return result
  }

  /// Parameters away from their first values, which may be all zero, where gradients are special.
  func disturb(seed: UInt64) throws {
    for (index, entry) in store.entries.enumerated() {
      var random = CounterRandom(seed: seed, 7, UInt64(index))
      let fans = Initializer.fans(entry.spec.shape)
      let scale = 0.5 / Double(max(1, fans.in)).squareRoot()
      let values = try store.values(entry.spec.name).map { $0 + Float(random.normal() * scale) }
      try store.set(entry.spec.name, values)
    }
  }
}
