import Testing
import ZooEngine
import ZooGraph

/// A program for inference computes what depends on parameters alone before its first run, when inputs are already set.
@Suite struct FirstRunTests {
  @Test(arguments: EngineChoice.installed)
  func firstRunSeesItsInput(_ choice: EngineChoice) throws {
    let engine = try Engine(choice)
    var graph = Graph()
    // Weights far larger than the image: the memory they are prepared in would cover the image's.
    let image = try graph.input("image", TensorType(.float32, [TensorType.batch, 4, 4, 3]))
    let weights = try graph.parameter(ParameterSpec(name: "weights", shape: [128, 3, 3, 3], initializer: .zeros))
    let standardised = try graph.apply(
      named: "weight-standardise@1", [weights], ["epsilon": .float(1e-8)])[0]
    let y = try graph.apply(named: "conv2d@1", [image, standardised], ["padding": .int(1)])[0]
    let store = try ParameterStore(for: graph)
    var random = Noise(seed: 3)
    try store.set("weights", random.floats(128 * 27, in: -1...1))
    let program = try Program(
      graph, engine: engine, store: store, outputs: [("y", y)], batch: 1, mode: .inference)
    let pixels = random.floats(48, in: -1...1)
    try program.set("image", pixels)
    try program.run()
    let first = try program.output("y").values
    try program.set("image", pixels)
    try program.run()
    #expect(try program.output("y").values == first)
    try program.set("image", pixels)
    try program.run(parametersChanged: true)
    #expect(try program.output("y").values == first)
  }
}
