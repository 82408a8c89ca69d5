import Testing
import ZooEngine
import ZooGraph

/// What is computed again in graphs of no shipped backbone.
@Suite struct RecomputationTests {
  private static let width = 48
  private static let rows = TensorType(.float32, [TensorType.batch, 64, width])

  /// A chain of blocks whose halves are joined by long skips, as in a U-net, with a state that the forward pass updates.
  private struct Net {
    var graph = Graph()
    var outputs: [(name: String, value: Value)] = []
    var gradients: [(parameter: String, value: Value)] = []
    let depth: Int

    init(depth: Int) throws {
      self.depth = depth
      var x = try graph.input("x", rows)
      var skips: [Value] = []
      for block in 0..<(2 * depth) {
        let w = try graph.parameter(
          ParameterSpec(name: "w\(block)", shape: [4 * width, width], initializer: .zeros))
        let v = try graph.parameter(
          ParameterSpec(name: "v\(block)", shape: [width, 4 * width], initializer: .zeros))
        let inner = try graph.apply(named: "gelu", try graph.apply(named: "linear", [x, w]))
        x = try graph.apply(named: "add", [x] + graph.apply(named: "linear", [inner[0], v]))[0]
        if block < depth { skips.append(x) } else if let skip = skips.popLast() {
          x = try graph.apply(named: "add", [x, skip])[0]
        }
      }
      let mean = try graph.apply(named: "mean", [x], ["axes": .ints([1])])[0]
      let loss = try graph.apply(named: "mean", [graph.apply(named: "square", [mean])[0]], ["axes": .ints([1])])[0]
      let state = try graph.state(StateSpec(name: "count", shape: [1], initial: 1, merge: .last))
      let counted = try graph.apply(named: "scale", [state], ["factor": .float(1), "shift": .float(1)])[0]
      outputs = [("loss", loss), ("count", counted)]
      let weight = try graph.input("weight", TensorType(.float32, [TensorType.batch]))
      let parameters = graph.parameters
      let found = try graph.differentiate([(loss, weight)], with: parameters.map(\.value))
      for (parameter, gradient) in zip(parameters, found) {
        gradients.append((parameter.spec.name, try #require(gradient)))
      }
    }

    func run(_ choice: Recompute, _ engine: Engine) throws -> (bits: [[UInt32]], plan: ProgramPlan) {
      let store = try ParameterStore(for: graph)
      var random = Noise(seed: 5)
      for entry in store.entries { try store.set(entry.spec.name, random.floats(entry.count, in: -0.1...0.1)) }
      let block = try ParameterBlock(like: store)
      let program = try Program(
        graph, engine: engine, store: store, outputs: outputs, gradients: gradients, into: block, batch: 4,
        mode: .training, recompute: choice)
      try program.set("x", random.floats(4 * 64 * width, in: -1...1))
      try program.set("weight", [0.1, 0.2, 0.3, 0.4])
      // Twice: nothing of the first run may be left where the second one reads.
      try program.run()
      try program.run()
      var values = try outputs.map { try program.output($0.name).values }
      #expect(values[1] == [2])
      values += store.entries.map { block.values($0) }
      return (values.map { $0.map(\.bitPattern) }, program.plan)
    }
  }

  @Test(arguments: EngineChoice.installed) func longSkips(_ choice: EngineChoice) throws {
    let (net, engine) = (try Net(depth: 6), try Engine(choice, threads: 2))
    let plain = try net.run(.none, engine)
    let blocks = try net.run(.blocks, engine)
    let same = blocks.bits == plain.bits
    #expect(same)
    let alsoSame = try net.run(.auto, engine).bits == plain.bits
    #expect(alsoSame)
    #expect(plain.bits.dropFirst(2).allSatisfy { $0.contains { $0 != 0 } })
    #expect(blocks.plan.liveBytes < plain.plan.liveBytes / 2)
    #expect(blocks.plan.instructions.contains { $0.again && $0.flops > 0 })
  }

  /// A parameter that no gradient is asked for keeps what its place in the block holds.
  @Test(arguments: EngineChoice.installed) func whatIsNotWrittenStays(_ choice: EngineChoice) throws {
    var net = try Net(depth: 2)
    net.gradients.removeAll { $0.parameter == "w2" }
    let (bits, _) = try net.run(.none, Engine(choice, threads: 1))
    let names = net.graph.parameters.map(\.spec.name)
    let left = bits[2 + (names.firstIndex(of: "w2") ?? 0)]
    #expect(left.allSatisfy { $0 == 0 })
  }
}
