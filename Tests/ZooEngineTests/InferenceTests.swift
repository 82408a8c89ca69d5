import Testing
import ZooEngine
import ZooGraph

@Suite struct InferenceTests {
  private static var engines: [EngineChoice] {
    [.onednn, .openblas].filter { if case .success = Engine.probe($0) { true } else { false } }
  }

  /// Standardised and packed weights are made once, before the first run, and must disturb nothing that was set before.
  @Test(arguments: engines) func theFirstRunIsLikeTheSecond(_ choice: EngineChoice) throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 6, 6, 16]))
    let w = try graph.parameter(ParameterSpec(name: "w", shape: [32, 16, 3, 3], initializer: .zeros))
    let standard = try graph.apply(named: "weight-standardise", [w])[0]
    let y = try graph.apply(named: "conv2d", [x, standard], ["padding": .int(1)])[0]
    let store = try ParameterStore(for: graph)
    try store.set("w", (0..<(32 * 144)).map { Float($0 % 37) / 37 })
    let images = (0..<(2 * 6 * 6 * 16)).map { Float($0 % 11) - 5 }
    let engine = try Engine(choice)
    let inference = try Program(graph, engine: engine, store: store, outputs: [("y", y)], batch: 2, mode: .inference)
    try inference.set("x", images)
    try inference.run()
    let first = try inference.output("y").values
    try inference.set("x", images)
    try inference.run()
    #expect(try inference.output("y").values == first)

    let training = try Program(graph, engine: engine, store: store, outputs: [("y", y)], batch: 2, mode: .training)
    try training.set("x", images)
    try training.run()
    let scale = first.map(abs).max() ?? 0
    for (a, b) in zip(try training.output("y").values, first) { #expect(abs(a - b) <= 1e-5 * scale) }
  }

  /// What was packed follows the parameters when they are said to have changed.
  @Test(arguments: engines) func changedParametersAreTaken(_ choice: EngineChoice) throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 4]))
    let w = try graph.parameter(ParameterSpec(name: "w", shape: [2, 4], initializer: .zeros))
    let y = try graph.apply(named: "linear", [x, w])[0]
    let store = try ParameterStore(for: graph)
    let program = try Program(
      graph, engine: try Engine(choice), store: store, outputs: [("y", y)], batch: 1, mode: .inference)
    try store.set("w", [1, 0, 0, 0, 0, 1, 0, 0])
    try program.set("x", [3, 5, 7, 9] as [Float])
    try program.run()
    #expect(try program.output("y").values == [3, 5])
    try store.set("w", [0, 0, 1, 0, 0, 0, 0, 1])
    try program.run(parametersChanged: true)
    #expect(try program.output("y").values == [7, 9])
  }
}
