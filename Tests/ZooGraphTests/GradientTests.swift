import Testing
import ZooEngine
import ZooGraph

/// Every operation's gradient against central differences along random directions, on both engines.
@Suite struct GradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let inputs: [[Int]]
    var attributes: Attributes = [:]
    /// Keeps inputs where the function is smooth and defined.
    var range: ClosedRange<Float> = -1...1
    var step: Float = 1e-2
    /// Only these inputs are differentiated; nil for all.
    var only: [Int]?
    var testDescription: String { "\(name) \(inputs)" }
  }
  static let b = TensorType.batch

  static let cases: [Case] = [
    Case(name: "linear@1", inputs: [[b, 5], [7, 5], [7]], attributes: ["bias": .int(1)]),
    Case(name: "linear@1", inputs: [[b, 4, 6], [3, 6]]),
    Case(name: "matmul@1", inputs: [[b, 3, 4], [b, 4, 5]]),
    Case(
      name: "matmul@1", inputs: [[b, 4, 3], [b, 5, 4]], attributes: ["transpose_a": .int(1), "transpose_b": .int(1)]),
    Case(name: "matmul@1", inputs: [[b, 2, 3, 4], [b, 2, 5, 4]], attributes: ["transpose_b": .int(1)]),
    Case(name: "matmul@1", inputs: [[b, 4, 3], [b, 4, 5]], attributes: ["transpose_a": .int(1)]),
    Case(name: "conv2d@1", inputs: [[b, 6, 6, 8], [16, 8, 3, 3]], attributes: ["padding": .int(1)]),
    Case(
      name: "conv2d@1", inputs: [[b, 7, 7, 3], [8, 3, 3, 3], [8]],
      attributes: ["stride": .int(2), "padding": .int(1), "bias": .int(1)]),
    Case(name: "conv2d@1", inputs: [[b, 8, 8, 3], [16, 3, 4, 4]], attributes: ["stride": .int(4)]),
    Case(name: "conv2d@1", inputs: [[b, 5, 5, 16], [32, 16, 1, 1]]),
    Case(
      name: "max-pool@1", inputs: [[b, 6, 6, 5]],
      attributes: ["kernel": .int(3), "stride": .int(2), "padding": .int(1)], step: 1e-4),
    Case(name: "weight-standardise@1", inputs: [[6, 4, 3, 3]], attributes: ["epsilon": .float(1e-8)]),
    Case(name: "layer-norm@1", inputs: [[b, 3, 10], [10], [10]]),
    Case(name: "layer-norm@1", inputs: [[b, 12]], attributes: ["affine": .int(0)]),
    Case(name: "group-norm@1", inputs: [[b, 4, 4, 12], [12], [12]], attributes: ["groups": .int(3)]),
    Case(name: "group-norm@1", inputs: [[b, 1, 9, 8], [8], [8]], attributes: ["groups": .int(8)]),
    Case(name: "batch-mean@1", inputs: [[b, 3, 5]]),
    Case(name: "batch-mean@1", inputs: [[b, 40]]),
    Case(name: "attention@1", inputs: [[b, 5, 24]], attributes: ["heads": .int(2)]),
    Case(name: "attention@1", inputs: [[b, 18, 48]], attributes: ["heads": .int(1)]),
    Case(name: "softmax@1", inputs: [[b, 3, 9]]),
    Case(name: "log-softmax@1", inputs: [[b, 9]]),
    Case(name: "add@1", inputs: [[b, 3, 4], [4]]),
    Case(name: "subtract@1", inputs: [[b, 3, 4], [1, 3, 4]]),
    Case(name: "multiply@1", inputs: [[b, 3, 4], [b, 3, 1]]),
    Case(name: "divide@1", inputs: [[b, 4], [b, 4]], range: 0.5...2),
    Case(name: "maximum@1", inputs: [[b, 30], [b, 30]], step: 1e-4),
    Case(name: "minimum@1", inputs: [[b, 30], [b, 30]], step: 1e-4),
    Case(name: "scale@1", inputs: [[b, 4]], attributes: ["factor": .float(-3), "shift": .float(2)]),
    Case(name: "sum@1", inputs: [[b, 3, 4, 5]], attributes: ["axes": .ints([1, 2])]),
    Case(name: "sum@1", inputs: [[b, 3, 4, 5]], attributes: ["axes": .ints([1, 3]), "keep": .int(1)]),
    Case(name: "mean@1", inputs: [[b, 3, 4, 5]], attributes: ["axes": .ints([1, 2])]),
    Case(name: "max@1", inputs: [[b, 7, 5]], attributes: ["axes": .ints([1])], step: 1e-4),
    Case(name: "max@1", inputs: [[b, 7]], attributes: ["axes": .ints([1]), "keep": .int(1)], step: 1e-4),
    Case(name: "reshape@1", inputs: [[b, 3, 4]], attributes: ["shape": .ints([b, 12])]),
    Case(name: "transpose@1", inputs: [[b, 3, 4, 5]], attributes: ["order": .ints([0, 3, 1, 2])]),
    Case(name: "broadcast@1", inputs: [[1, 1, 6]], attributes: ["shape": .ints([b, 4, 6])]),
    Case(name: "broadcast@1", inputs: [[5, 1]], attributes: ["shape": .ints([5, 6])]),
    Case(name: "slice@1", inputs: [[b, 6, 3]], attributes: ["axis": .int(1), "start": .int(2), "stop": .int(5)]),
    Case(name: "concat@1", inputs: [[b, 2, 3], [b, 4, 3], [b, 1, 3]], attributes: ["axis": .int(1)]),
    Case(name: "gelu@1", inputs: [[b, 40]], range: -3...3),
    Case(name: "gelu@1", inputs: [[b, 40]], attributes: ["approximate": .string("tanh")], range: -3...3),
    Case(name: "relu@1", inputs: [[b, 40]], step: 1e-4),
    Case(name: "tanh@1", inputs: [[b, 20]]), Case(name: "sigmoid@1", inputs: [[b, 20]]),
    Case(name: "exp@1", inputs: [[b, 20]]), Case(name: "log@1", inputs: [[b, 20]], range: 0.5...2),
    Case(name: "sqrt@1", inputs: [[b, 20]], range: 0.5...2), Case(name: "rsqrt@1", inputs: [[b, 20]], range: 0.5...2),
    Case(name: "negate@1", inputs: [[b, 20]]), Case(name: "square@1", inputs: [[b, 20]]),
    Case(name: "absolute@1", inputs: [[b, 20]], step: 1e-4), Case(name: "cos@1", inputs: [[b, 20]]),
    Case(name: "sin@1", inputs: [[b, 20]]), Case(name: "acos@1", inputs: [[b, 20]], range: -0.8...0.8),
    Case(name: "softplus@1", inputs: [[b, 20]], range: -3...3),
    Case(name: "top-k@1", inputs: [[b, 9]], attributes: ["k": .int(4)], step: 1e-4),
    Case(name: "top-k@1", inputs: [[b, 3, 7]], attributes: ["k": .int(1)], step: 1e-4),
  ]

  @Test(arguments: cases, EngineChoice.installed)
  func agreesWithFiniteDifferences(_ test: Case, _ choice: EngineChoice) throws {
    let engine = try Engine(choice)
    var graph = Graph()
    var inputs: [Value] = []
    for (index, shape) in test.inputs.enumerated() {
      inputs.append(try graph.input("x\(index)", TensorType(.float32, shape)))
    }
    let y = try graph.apply(named: test.name, inputs, test.attributes)[0]
    let seed = try graph.input("seed", graph.type(of: y))
    let gradients = try graph.differentiate([(y, seed)], with: inputs)
    let batch = 3
    var outputs = [(name: "y", value: y)]
    for (index, gradient) in gradients.enumerated() { outputs.append(("d\(index)", try #require(gradient))) }
    let store = try ParameterStore(for: graph)
    let program = try Program(graph, engine: engine, store: store, outputs: outputs, batch: batch, mode: .training)

    var random = Noise(seed: 7)
    var values = test.inputs.map { shape in
      random.floats(shape.reduce(1) { $0 * ($1 < 0 ? batch : $1) }, in: test.range)
    }
    let weights = random.floats(try program.output("y").values.count, in: -1...1)
    try program.set("seed", weights)
    func loss() throws -> Double {
      for (index, value) in values.enumerated() { try program.set("x\(index)", value) }
      try program.run()
      return zip(try program.output("y").values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    for index in values.indices {
      _ = try loss()
      let gradient = try program.output("d\(index)").values
      let direction = random.floats(gradient.count, in: -1...1)
      let kept = values[index]
      func moved(_ by: Float) -> [Float] { zip(kept, direction).map { $0 + by * $1 } }
      values[index] = moved(test.step)
      let up = try loss()
      values[index] = moved(-test.step)
      let down = try loss()
      values[index] = kept
      let numeric = (up - down) / (2 * Double(test.step))
      let analytic = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      let size = zip(gradient, direction).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
      #expect(
        abs(numeric - analytic) <= 5e-3 * max(size, 1),
        "input \(index): \(numeric) by differences, \(analytic) by the rule")
      #expect(size > 0, "input \(index): the gradient is zero everywhere")
    }
  }

  @Test(arguments: EngineChoice.installed)
  func crossEntropyOfMixedTargets(_ choice: EngineChoice) throws {
    let engine = try Engine(choice)
    var graph = Graph()
    let rows = TensorType(.float32, [Self.b])
    let x = try graph.input("x", TensorType(.float32, [Self.b, 4]))
    let first = try graph.input("first", TensorType(.int32, [Self.b]))
    let second = try graph.input("second", TensorType(.int32, [Self.b]))
    let mix = try graph.input("mix", rows)
    let loss = try graph.apply(named: "softmax-cross-entropy", [x, first, second, mix], ["smoothing": .float(0.1)])[0]
    let seed = try graph.input("seed", rows)
    let dx = try #require(try graph.differentiate([(loss, seed)], with: [x])[0])
    let program = try Program(
      graph, engine: engine, store: try ParameterStore(for: graph), outputs: [("loss", loss), ("dx", dx)], batch: 2,
      mode: .training)
    // By hand: logits (0, ln 2, 0, 0) have probabilities (1, 2, 1, 1)/5.
    try program.set("x", [0, 0.6931472, 0, 0, 0, 0, 0, 0] as [Float])
    try program.set("first", [1, 3] as [Int32])
    try program.set("second", [0, 3] as [Int32])
    try program.set("mix", [0.75, 1] as [Float])
    try program.set("seed", [1, 0.5] as [Float])
    try program.run()
    let losses = try program.output("loss").values
    // Target of row 0: 0.9·(0.25, 0.75, 0, 0) + 0.025; loss = ln 5 - 0.7·ln 2.
    #expect(abs(losses[0] - (1.6094379 - 0.7 * 0.6931472)) < 1e-5)
    #expect(abs(losses[1] - 1.3862944) < 1e-5)
    let expected: [Float] = [0.2 - 0.25, 0.4 - 0.7, 0.2 - 0.025, 0.2 - 0.025, 0.1125, 0.1125, 0.1125, -0.3375]
    for (got, want) in zip(try program.output("dx").values, expected) { #expect(abs(got - want) < 1e-5) }
  }
}

extension EngineChoice {
  /// The engines that this machine has.
  static var installed: [EngineChoice] {
    [.onednn, .openblas].filter { if case .success = Engine.probe($0) { true } else { false } }
  }
}

/// A small generator for test values (SplitMix64).
struct Noise {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func floats(_ count: Int, in range: ClosedRange<Float>) -> [Float] {
    (0..<count).map { _ in
      range.lowerBound + (range.upperBound - range.lowerBound) * Float(next() >> 40) / Float(1 << 24)
    }
  }
}
