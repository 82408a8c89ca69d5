import Testing
import ZooData
import ZooEngine
import ZooGraph

@Suite("Dropout and stochastic depth")
struct DropoutTests {
  /// Runs y = dropout(x) for some examples of a larger batch, by their keys.
  private func run(
    _ x: [Float], keys: [Int32], width: Int, whole: Bool = false, rate: Double = 0.25, threads: Int = 1, node: Int = 0
  ) throws -> (y: [Float], dx: [Float]) {
    let batch = x.count / width
    var graph = Graph()
    let input = try graph.input("x", TensorType(.float32, [TensorType.batch, width]))
    let attributes: Attributes = ["rate": .float(rate), "whole": .int(whole ? 1 : 0)]
    // Dropouts before this one, which is then number `node` of its graph.
    for _ in 0..<node { _ = try graph.apply(named: "dropout", [input], attributes, isTraining: true) }
    let y = try graph.apply(named: "dropout", [input], attributes, isTraining: true)[0]
    let dy = try graph.input("dy", TensorType(.float32, [TensorType.batch, width]))
    let dx = try #require(try graph.differentiate([(y, dy)], with: [input])[0])
    let program = try Program(
      graph, engine: Engine(threads: threads), store: ParameterStore(parameters: []),
      outputs: [("y", y), ("dx", dx)], batch: batch, mode: .training)
    try program.set("x", x)
    try program.set("dy", [Float](repeating: 1, count: x.count))
    try program.set(Graph.randomInput, keys)
    try program.run()
    return (try program.output("y").values, try program.output("dx").values)
  }

  private func keys(_ count: Int, seed: Int32 = 1) -> [Int32] {
    (0..<(2 * count)).map { Int32(truncatingIfNeeded: ($0 + 1) * 0x9E37_79B9) &+ seed }
  }

  /// The documented draw, by the other implementation of Philox.
  @Test(arguments: [1, 4, 31, 32, 33, 1000]) func theDrawsAreTheDocumentedOnes(_ width: Int) throws {
    let keys = keys(3)
    let x = (0..<(3 * width)).map { Float($0 + 1) }
    for node in [0, 2] {
      let (y, dx) = try run(x, keys: keys, width: width, node: node)
      for (index, value) in x.enumerated() {
        let (row, column) = (index / width, index % width)
        let key = (UInt32(bitPattern: keys[2 * row]), UInt32(bitPattern: keys[2 * row + 1]))
        let block = Philox.block(counter: (UInt32(column / 4), 0, UInt32(node), 2), key: key)
        let word = [block.0, block.1, block.2, block.3][column % 4]
        let kept: Float = word < UInt32(0.25 * 0x1p32) ? 0 : 1 / 0.75
        #expect(y[index] == value * kept)
        #expect(dx[index] == kept)
      }
    }
  }

  @Test func theShareOfWhatIsDropped() throws {
    let count = 40_000
    let (y, _) = try run([Float](repeating: 1, count: count), keys: keys(4), width: count / 4, rate: 0.1)
    let dropped = y.count { $0 == 0 }
    // Four deviations about the mean.
    #expect(abs(Double(dropped) - 0.1 * Double(count)) < 4 * (0.09 * Double(count)).squareRoot())
    #expect(abs(y.reduce(0, +) / Float(count) - 1) < 0.01)
  }

  @Test func wholeExamplesGoTogether() throws {
    let (rows, width) = (400, 7)
    let (y, dx) = try run(
      [Float](repeating: 2, count: rows * width), keys: keys(rows), width: width, whole: true, rate: 0.5)
    var dropped = 0
    for row in 0..<rows {
      let part = Set(y[(row * width)..<((row + 1) * width)])
      #expect(part == [0] || part == [4])
      #expect(Set(dx[(row * width)..<((row + 1) * width)]) == (part == [0] ? [0] : [2]))
      if part == [0] { dropped += 1 }
    }
    #expect(abs(dropped - rows / 2) < 40)
  }

  /// An example draws the same whichever others are computed with it, and by however many threads.
  @Test(arguments: [false, true]) func companyAndThreadsChangeNothing(_ whole: Bool) throws {
    let (rows, width) = (64, 500)
    let (x, keys) = ((0..<(rows * width)).map { Float($0 % 97) }, keys(64))
    let together = try run(x, keys: keys, width: width, whole: whole).y
    #expect(try run(x, keys: keys, width: width, whole: whole, threads: 2).y == together)
    for start in stride(from: 0, to: rows, by: 24) {
      let part = start..<min(rows, start + 24)
      let apart = try run(
        Array(x[(part.lowerBound * width)..<(part.upperBound * width)]),
        keys: Array(keys[(2 * part.lowerBound)..<(2 * part.upperBound)]), width: width, whole: whole)
      #expect(apart.y == Array(together[(part.lowerBound * width)..<(part.upperBound * width)]))
    }
  }

  @Test func outsideTrainingItIsItsInput() throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 3]))
    #expect(try graph.apply(named: "dropout", [x], ["rate": .float(0.5)], isTraining: false) == [x])
    #expect(try graph.apply(named: "dropout", [x], ["rate": .float(0)], isTraining: true) == [x])
    #expect(graph.input(named: Graph.randomInput) == nil)
  }

  @Test func mistakes() throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 3]))
    let weights = try graph.parameter(ParameterSpec(name: "w", shape: [3], initializer: .zeros))
    func failure(_ inputs: [Value], _ attributes: Attributes) -> String {
      do {
        _ = try graph.apply(named: "dropout@1", inputs, attributes, isTraining: true)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(failure([x], ["rate": .float(1)]) == "dropout@1: rate must be in 0..<1, not 1.0")
    #expect(failure([x], [:]) == "dropout@1: attribute 'rate' must be given")
    #expect(failure([x, x], ["rate": .float(0.1)]) == "dropout@1: takes 1 inputs, got 2")
    #expect(failure([weights], ["rate": .float(0.1)]) == "dropout@1: takes float32 [batch, …], not float32 [3]")
  }
}
