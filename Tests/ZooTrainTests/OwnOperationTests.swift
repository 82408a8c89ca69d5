import Testing
import ZooEngine
import ZooGraph
import ZooHost

/// y = x³ as a plugin's kernel would compute it.
private final class Cube: OwnKernel {
  let name = "test/cube@1"
  let differentiable: Bool
  let fails: Bool
  init(differentiable: Bool = true, fails: Bool = false) {
    (self.differentiable, self.fails) = (differentiable, fails)
  }

  func shapes(_ inputs: [TensorType], _ attributes: Attributes) throws(GraphError) -> [[Int]] { [inputs[0].shape] }

  func forward(_ inputs: [OwnArray], _ attributes: Attributes, into results: [OwnResult]) -> String? {
    if fails { return "no licence" }
    guard let x = inputs[0].base?.assumingMemoryBound(to: Float.self), let y = results[0].base else { return "no data" }
    for index in 0..<inputs[0].shape.reduce(1, *) { y[index] = x[index] * x[index] * x[index] }
    return nil
  }

  func backward(
    _ inputs: [OwnArray], _ attributes: Attributes, outputs: [OwnArray], outputGradients: [OwnArray],
    into results: [OwnResult]
  ) -> String? {
    guard let x = inputs[0].base?.assumingMemoryBound(to: Float.self), let dx = results[0].base,
      let dy = outputGradients[0].base?.assumingMemoryBound(to: Float.self)
    else { return "no data" }
    for index in 0..<inputs[0].shape.reduce(1, *) { dx[index] = dy[index] * 3 * x[index] * x[index] }
    return nil
  }
}

@Suite struct OwnOperationTests {
  private func program(_ kernel: Cube) throws -> (Program, ProgramPlan) {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 3]))
    let seed = try graph.input("seed", TensorType(.float32, [TensorType.batch, 3]))
    let y = try graph.apply(OwnOperation(kernel, [:]), [x])[0]
    let gradient = try #require(try graph.differentiate([(value: y, gradient: seed)], with: [x])[0])
    let program = try Program(
      graph, engine: try Engine(threads: 1), store: ParameterStore(for: graph),
      outputs: [("y", y), ("dx", gradient)], batch: 2, mode: .training)
    return (program, program.plan)
  }

  @Test func forwardAndBackward() throws {
    let (program, plan) = try program(Cube())
    #expect(plan.instructions.map(\.operation) == ["test/cube@1", "test/cube@1-gradient"])
    #expect(plan.instructions.map(\.implementation) == ["plugin", "plugin"])
    try program.set("x", [1, 2, 3, -1, 0, 0.5] as [Float])
    try program.set("seed", [1, 1, 1, 1, 1, 2] as [Float])
    try program.run()
    #expect(try program.output("y").values == [1, 8, 27, -1, 0, 0.125])
    #expect(try program.output("dx").values == [3, 12, 27, 3, 0, 1.5])
  }

  @Test func faults() throws {
    let (failing, _) = try program(Cube(fails: true))
    #expect {
      try failing.run()
    } throws: {
      "\($0)" == "computation failed: test/cube@1: no licence"
    }
    #expect {
      _ = try program(Cube(differentiable: false))
    } throws: {
      "\($0)".hasPrefix("test/cube@1 has no gradient")
    }
  }
}

/// A head costs what its operations cost: that they came from a plugin leaves no trace.
@Suite struct HeadCostTests {
  @Test(arguments: [Phase.train, .predict]) func linearFromAPluginIsTheSameProgram(_ phase: Phase) throws {
    let plugins = Plugins(
      directories: PluginSearch.directories(explicit: [], environment: [:], executable: PluginSearch.executable()))
    let instance = try plugins.head("linear").instantiate(options: "{}")

    func plan(_ head: (inout Graph, Value, TargetValues?) throws -> (logits: Value, loss: Value?)) throws -> ProgramPlan
    {
      var graph = Graph()
      let rows = [TensorType.batch]
      let pooled = try graph.input("pooled", TensorType(.float32, rows + [64]))
      var target: TargetValues?
      if phase == .train {
        target = .classes(
          first: try graph.input("first", TensorType(.int32, rows)),
          second: try graph.input("second", TensorType(.int32, rows)),
          mix: try graph.input("mix", TensorType(.float32, rows)))
      }
      let (logits, loss) = try head(&graph, pooled, target)
      var outputs: [(name: String, value: Value)] = [("logits", logits)]
      var gradients: [(parameter: String, value: Value)] = []
      let store = try ParameterStore(for: graph)
      if let loss {
        outputs.append(("loss", loss))
        let weight = try graph.input("weight", TensorType(.float32, rows))
        let parameters = graph.parameters
        let found = try graph.differentiate([(value: loss, gradient: weight)], with: parameters.map(\.value))
        for (parameter, gradient) in zip(parameters, found) {
          gradients.append((parameter.spec.name, try #require(gradient)))
        }
      }
      return try Program(
        graph, engine: try Engine(threads: 1), store: store, outputs: outputs, gradients: gradients,
        into: try ParameterBlock(like: store), batch: 8, mode: phase == .train ? .training : .inference
      ).plan
    }

    let plugin = try plan { graph, pooled, target in
      let build = try instance.buildHead(
        named: "x", into: &graph, activations: [("pooled", pooled)], classes: 10, target: target, phase: phase)
      return (build.outputs[0].value, build.losses.first?.value)
    }
    let direct = try plan { graph, pooled, target in
      let weight = try graph.parameter(ParameterSpec(name: "w", shape: [10, 64], initializer: .zeros))
      let bias = try graph.parameter(ParameterSpec(name: "b", shape: [10], initializer: .zeros))
      let logits = try graph.apply(Linear(bias: true), [pooled, weight, bias])[0]
      guard case .classes(let first, let second, let mix)? = target else { return (logits, nil) }
      let loss = try graph.apply(
        named: "softmax-cross-entropy@1", [logits, first, second, mix], ["smoothing": .float(0)])[0]
      return (logits, loss)
    }
    #expect(plugin.instructions.map(\.operation) == direct.instructions.map(\.operation))
    #expect(plugin.instructions.map(\.implementation) == direct.instructions.map(\.implementation))
    #expect(plugin.instructions.map(\.flops) == direct.instructions.map(\.flops))
    #expect(plugin.arenaBytes == direct.arenaBytes && plugin.persistentBytes == direct.persistentBytes)
    #expect(plugin.prologueCount == direct.prologueCount)
  }
}
