import Testing
import ZooEngine
import ZooGraph

/// Operations that choose: by index, by condition, by size; and losses that skip what is unknown.
@Suite struct SelectionTests {
  private static let b = TensorType.batch

  /// A graph under test, its inputs by name, run once.
  private struct Bench {
    var graph = Graph()
    var floats: [(name: String, values: [Float])] = []
    var labels: [(name: String, values: [Int32])] = []

    mutating func floats(_ name: String, _ shape: [Int], _ values: [Float]) throws -> Value {
      floats.append((name, values))
      return try graph.input(name, TensorType(.float32, shape))
    }
    mutating func labels(_ name: String, _ shape: [Int], _ values: [Int32]) throws -> Value {
      labels.append((name, values))
      return try graph.input(name, TensorType(.int32, shape))
    }
    /// The value, and the gradients of its sum weighted by `seed`.
    mutating func run(
      _ y: Value, seed: [Float]? = nil, of sources: [Value] = [], batch: Int, _ engine: EngineChoice
    ) throws -> [[Float]] {
      var outputs = [(name: "y", value: y)]
      if let seed {
        let weights = try floats("seed", graph.type(of: y).shape, seed)
        for (index, gradient) in try graph.differentiate([(y, weights)], with: sources).enumerated() {
          outputs.append(("d\(index)", try #require(gradient)))
        }
      }
      let program = try Program(
        graph, engine: Engine(engine), store: ParameterStore(for: graph), outputs: outputs, batch: batch,
        mode: .training)
      for item in floats { try program.set(item.name, item.values) }
      for item in labels { try program.set(item.name, item.values) }
      try program.run()
      return try outputs.map { try program.output($0.name).values }
    }
  }

  @Test(arguments: EngineChoice.installed)
  func rowsOfATable(_ engine: EngineChoice) throws {
    var bench = Bench()
    let table = try bench.floats("table", [3, 2], [1, 2, 3, 4, 5, 6])
    let indices = try bench.labels("i", [Self.b], [2, 0, 2, 7, -1])
    let y = try bench.graph.apply(named: "gather", [table, indices])[0]
    let results = try bench.run(y, seed: (1...10).map(Float.init), of: [table], batch: 5, engine)
    #expect(results[0] == [5, 6, 1, 2, 5, 6, 0, 0, 0, 0])
    // Row 2 was taken twice, row 1 never.
    #expect(results[1] == [3, 4, 0, 0, 1 + 5, 2 + 6])
  }

  @Test(arguments: EngineChoice.installed)
  func rowsOfEachExamplesOwnTable(_ engine: EngineChoice) throws {
    var bench = Bench()
    let table = try bench.floats("table", [Self.b, 3, 2], (1...12).map(Float.init))
    let indices = try bench.labels("i", [Self.b, 2], [2, 0, 1, 1])
    let y = try bench.graph.apply(named: "gather", [table, indices])[0]
    #expect(bench.graph.type(of: y).shape == [Self.b, 2, 2])
    let results = try bench.run(y, seed: (1...8).map(Float.init), of: [table], batch: 2, engine)
    #expect(results[0] == [5, 6, 1, 2, 9, 10, 9, 10])
    #expect(results[1] == [3, 4, 0, 0, 1, 2, 0, 0, 5 + 7, 6 + 8, 0, 0])
  }

  /// One number of each row, as a loss takes the logit of the label.
  @Test(arguments: EngineChoice.installed)
  func oneOfEachRow(_ engine: EngineChoice) throws {
    var bench = Bench()
    let x = try bench.floats("x", [Self.b, 3], [1, 2, 3, 4, 5, 6])
    let indices = try bench.labels("i", [Self.b], [1, 2])
    let y = try bench.graph.apply(named: "gather", [x, indices])[0]
    #expect(try bench.run(y, seed: [7, 8], of: [x], batch: 2, engine) == [[2, 6], [0, 7, 0, 0, 0, 8]])
  }

  @Test(arguments: EngineChoice.installed)
  func theLargestOfEachRow(_ engine: EngineChoice) throws {
    var bench = Bench()
    let x = try bench.floats("x", [Self.b, 5], [3, 9, 9, -1, 4, .nan, 2, -.infinity, 2, .nan])
    let both = try bench.graph.apply(named: "top-k", [x], ["k": .int(4)])
    let places = try bench.graph.apply(named: "float", [both[1]])[0]
    #expect(try bench.run(places, batch: 2, engine) == [[1, 2, 4, 0, 1, 3, 2, 0]])
    var again = Bench()
    let same = try again.floats("x", [Self.b, 5], [3, 9, 9, -1, 4, 5, 4, 3, 2, 1])
    let values = try again.graph.apply(named: "top-k", [same], ["k": .int(2)])[0]
    let results = try again.run(values, seed: [1, 2, 3, 4], of: [same], batch: 2, engine)
    #expect(results == [[9, 9, 5, 4], [0, 1, 2, 0, 0, 3, 4, 0, 0, 0]])
  }

  /// All of long rows, against a sort.
  @Test func theLargestInOrder() throws {
    var (bench, noise) = (Bench(), Noise(seed: 3))
    let values = noise.floats(2 * 500, in: -1...1)
    let x = try bench.floats("x", [Self.b, 500], values)
    let y = try bench.graph.apply(named: "top-k", [x], ["k": .int(500)])[0]
    let sorted = [values.prefix(500), values.suffix(500)].flatMap { $0.sorted(by: >) }
    #expect(try bench.run(y, batch: 2, try #require(EngineChoice.installed.first))[0] == sorted)
  }

  @Test(arguments: EngineChoice.installed)
  func oneOrTheOther(_ engine: EngineChoice) throws {
    var bench = Bench()
    let condition = try bench.floats("c", [Self.b, 1], [1, 0])
    let a = try bench.floats("a", [Self.b, 3], [1, 2, 3, .nan, .nan, .nan])
    let other = try bench.floats("b", [3], [10, 20, 30])
    let y = try bench.graph.apply(named: "where", [condition, a, other])[0]
    let results = try bench.run(y, seed: [1, 2, 3, 4, 5, 6], of: [a, other], batch: 2, engine)
    #expect(results == [[1, 2, 3, 10, 20, 30], [1, 2, 3, 0, 0, 0], [4, 5, 6]])
  }

  @Test(arguments: EngineChoice.installed)
  func aStoppedGradient(_ engine: EngineChoice) throws {
    var bench = Bench()
    let x = try bench.floats("x", [Self.b], [3, 5])
    let still = try bench.graph.apply(named: "stop-gradient", [x])[0]
    let y = try bench.graph.apply(named: "multiply", [x, still])[0]
    #expect(try bench.run(y, seed: [1, 1], of: [x], batch: 2, engine) == [[9, 25], [3, 5]])
  }

  /// Far from zero too, where exp would overflow; unknown labels count for nothing.
  @Test(arguments: EngineChoice.installed)
  func crossEntropyOfYesOrNo(_ engine: EngineChoice) throws {
    var bench = Bench()
    let x = try bench.floats("x", [Self.b, 6], [0, 0.6931472, -500, 500, 2, .infinity])
    let labels = try bench.floats("t", [Self.b, 6], [0.25, 1, 1, 0, .nan, .nan])
    let y = try bench.graph.apply(named: "sigmoid-cross-entropy", [x, labels])[0]
    let results = try bench.run(y, seed: [1, 3, 1, 2, 1, 1], of: [x], batch: 1, engine)
    // sigmoid(ln 2) is 2/3.
    for (got, want) in zip(results[0], [0.6931472, 0.4054651, 500, 500, 0, 0] as [Float]) {
      #expect(abs(got - want) < 1e-5)
    }
    for (got, want) in zip(results[1], [0.25, -1, -1, 2, 0, 0] as [Float]) { #expect(abs(got - want) < 1e-5) }
  }

  @Test func gradientOfYesOrNoByDifferences() throws {
    let logits: [Float] = [-3, -0.5, 0.25, 4]
    let labels: [Float] = [0, 0.3, 1, 0.9]
    let engine = try #require(EngineChoice.installed.first)
    func run(_ x: [Float]) throws -> [[Float]] {
      var bench = Bench()
      let (x, t) = (try bench.floats("x", [Self.b], x), try bench.floats("t", [Self.b], labels))
      let y = try bench.graph.apply(named: "sigmoid-cross-entropy", [x, t])[0]
      return try bench.run(y, seed: [1, 1, 1, 1], of: [x], batch: 4, engine)
    }
    let gradient = try run(logits)[1]
    let (up, down) = (try run(logits.map { $0 + 1e-2 })[0], try run(logits.map { $0 - 1e-2 })[0])
    for index in logits.indices { #expect(abs((up[index] - down[index]) / 2e-2 - gradient[index]) < 1e-3) }
  }

  @Test func mistakesAreNamed() throws {
    var bench = Bench()
    let x = try bench.floats("x", [Self.b, 4], [])
    let table = try bench.floats("t", [3, 5], [])
    let labels = try bench.labels("i", [Self.b], [])
    func message(_ name: String, _ inputs: [Value], _ attributes: Attributes = [:]) -> String {
      do { _ = try bench.graph.apply(named: name, inputs, attributes) } catch { return "\(error)" }
      return "no error"
    }
    #expect(message("gather", [table, x]) == "gather@1: takes a float32 table and int32 indices")
    #expect(message("top-k", [x], ["k": .int(5)]) == "top-k@1: 5 of [batch, 4]: the last dimension has fewer")
    #expect(message("where", [x, table, x]) == "where@1: [batch, 4], [3, 5], [batch, 4] do not broadcast")
    #expect(
      message("sigmoid-cross-entropy", [x, table])
        == "sigmoid-cross-entropy@1: logits [batch, 4] and labels [3, 5] differ in shape")
    #expect(message("float", [x]) == "float@1: takes int32")
    #expect(message("gather", [table, labels]) == "no error")
  }
}
