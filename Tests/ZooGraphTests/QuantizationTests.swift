import Glibc
import Testing
import ZooEngine
import ZooGraph

@Suite("Int8 products")
struct QuantizationTests {
  @Test func bytesOfARange() throws {
    // 255 steps of 0.1 from -5.1 on; 0 is byte 51.
    let signed = try #require(AffineQuantization(covering: -5.1, 20.4))
    #expect(abs(signed.scale - 0.1) < 1e-7)
    #expect(signed.zero == 51)
    #expect(signed.quantized(0) == 51)
    #expect(signed.value(of: 51) == 0)
    #expect(signed.quantized(1) == 61)
    #expect(signed.quantized(-100) == 0)
    #expect(signed.quantized(100) == 255)
    #expect(signed.quantized(.nan) == 0)
    // What is never negative needs no bytes below 0, and a range always holds 0.
    #expect(AffineQuantization(covering: 2, 5.1)?.zero == 0)
    #expect(AffineQuantization(covering: 2, 5.1)?.quantized(5.1) == 255)
    #expect(AffineQuantization(covering: -5.1, -2)?.zero == 255)
    for ends: (Float, Float) in [(0, 0), (0, .infinity), (-.infinity, 1), (.nan, .nan), (0, .leastNonzeroMagnitude)] {
      #expect(AffineQuantization(covering: ends.0, ends.1) == nil)
    }
  }

  /// x·wᵀ + bias of three rows, whose integers are small enough to be worked out.
  @Test(arguments: EngineChoice.installed) func byHand(_ choice: EngineChoice) throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 2]))
    let input = AffineQuantization(scale: 0.5, zero: 10)
    let weight = QuantizedWeight(name: "w", shape: [3, 2], input: input)
    let bytes = try graph.apply(Quantize(input), [x])[0]
    let scale = try graph.parameter(weight.scaleSpec)
    let bias = try graph.parameter(ParameterSpec(name: "b", shape: [3], initializer: .zeros))
    let y = try graph.apply(QuantizedLinear(weight: weight, bias: true), [bytes, scale, bias])[0]
    let store = try ParameterStore(for: graph)
    try store.setQuantized("w", shape: [3, 2], [1, 2, -127, 0, 127, -127])
    try store.set("w.scale", [1, 0.25, 2])
    try store.set("b", [100, 0, -1])
    let program = try Program(graph, engine: Engine(choice, threads: 1), store: store, outputs: [("y", y)], batch: 3, mode: .inference)
    // 1.24 is 0.5·2.48, so 2 steps; 1.25 is half way between 2 and 3, so 2, which is even; 300 is cut to 0.5·(255 - 10).
    try program.set("x", [1.24, -2, 1.25, -5, 300, -300])
    try program.run()
    func row(_ a: Float, _ b: Float) -> [Float] { [a + 2 * b + 100, 0.25 * (-127 * a), 2 * (127 * a - 127 * b) - 1] }
    #expect(try program.output("y").values == row(1, -2) + row(1, -5) + row(122.5, -5))
  }

  /// A block of each kind, beside exact sums: bias, residual, GELU into bytes, a norm into bytes.
  @Test(arguments: EngineChoice.installed) func linearLayers(_ choice: EngineChoice) throws {
    let (rows, width, hidden) = (19, 64, 96)
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, width]))
    func parameter(_ name: String, _ shape: [Int]) throws -> Value {
      try graph.parameter(ParameterSpec(name: name, shape: shape, initializer: .zeros))
    }
    let norm = try graph.apply(
      named: "layer-norm@1", [x, parameter("gamma", [width]), parameter("beta", [width])])[0]
    let up = try graph.apply(Linear(bias: true), [norm, parameter("up", [hidden, width]), parameter("b1", [hidden])])[0]
    let active = try graph.apply(Unary(.geluErf), [up])[0]
    let down = try graph.apply(Linear(bias: false), [active, parameter("down", [width, hidden])])[0]
    let y = try graph.apply(Binary(.add), [x, down])[0]

    let found = graph.quantizableWeights(keeping: [y])
    #expect(found.map(\.spec.name) == ["up", "down"])
    #expect(found.map(\.norm) == [["gamma", "beta"], []])
    #expect(found.map(\.bias) == ["b1", nil])
    let inputs = [
      "up": try #require(AffineQuantization(covering: -3, 3)), "down": try #require(AffineQuantization(covering: -0.17, 4)),
    ]
    let rewritten = try graph.quantizing(inputs, keeping: [y])
    #expect(rewritten.graph.parameters.map(\.spec.name) == ["gamma", "beta", "b1", "up.scale", "down.scale"])
    let target = try #require(rewritten[y])
    let fused = try rewritten.graph.fusingEpilogues(keeping: [target])
    let store = try ParameterStore(for: fused.graph)
    var random = Noise(seed: 7)
    var weights: [String: ([Int8], [Float])] = [:]
    for (name, outputs, count) in [("up", hidden, width), ("down", width, hidden)] {
      let values = (0..<(outputs * count)).map { _ in Int8(truncatingIfNeeded: Int(random.next() % 255) - 127) }
      let scales = random.floats(outputs, in: 0.001...0.003)
      try store.setQuantized(name, shape: [outputs, count], values)
      try store.set(name + ".scale", scales)
      weights[name] = (values, scales)
    }
    let (gamma, beta) = (random.floats(width, in: 0.5...1), random.floats(width, in: -0.2...0.2))
    let bias = random.floats(hidden, in: -0.5...0.5)
    try store.set("gamma", gamma)
    try store.set("beta", beta)
    try store.set("b1", bias)
    let program = try Program(
      fused.graph, engine: Engine(choice, threads: 2), store: store, outputs: [("y", try #require(fused[target]))], batch: rows,
      mode: .inference)
    let pixels = random.floats(rows * width, in: -2...2)
    try program.set("x", pixels)
    try program.run()
    let got = try program.output("y").values

    // The norm of a float program, so that its bytes are the same.
    let plain = try Program(
      graph, engine: Engine(choice, threads: 2), store: floats(graph, ["gamma": gamma, "beta": beta]),
      outputs: [("norm", norm)], batch: rows, mode: .inference)
    try plain.set("x", pixels)
    try plain.run()
    let normed = try plain.output("norm").values
    func product(_ x: [Float], _ name: String) -> [Double] {
      let (values, scales) = weights[name] ?? ([], [])
      let (input, width) = (inputs[name] ?? AffineQuantization(scale: 1, zero: 0), values.count / scales.count)
      let bytes = x.map { Int(input.quantized($0)) - Int(input.zero) }
      return (0..<(x.count / width)).flatMap { row in
        scales.indices.map { column in
          let sum = (0..<width).reduce(0) { $0 + bytes[row * width + $1] * Int(values[column * width + $1]) }
          return Double(sum) * Double(scales[column]) * Double(input.scale)
        }
      }
    }
    let first = product(normed, "up").enumerated().map { $1 + Double(bias[$0 % hidden]) }
    let middle = first.map { Float(0.5 * $0 * (1 + erf($0 / 2.0.squareRoot()))) }
    let want = zip(product(middle, "down"), pixels).map { $0 + Double($1) }
    // A GELU that falls between two bytes may go to either: a step of its scale, times the largest weight.
    let step = 127 * 0.003 * Double(inputs["down"]?.scale ?? 0)
    let errors = zip(got, want).map { abs(Double($0) - $1) }
    #expect(try #require(errors.max()) < 3 * step)
    #expect(errors.filter { $0 > 1e-4 }.count < errors.count / 4)
  }

  private func floats(_ graph: Graph, _ values: [String: [Float]]) throws -> ParameterStore {
    let store = try ParameterStore(for: graph)
    for (name, value) in values { try store.set(name, value) }
    return store
  }

  /// Convolutions with and without a border, and zero points that only one of them can take as they are.
  @Test(arguments: EngineChoice.installed, [UInt8(0), 77]) func convolutions(_ choice: EngineChoice, zero: UInt8) throws {
    let (size, inputs, outputs) = (5, 16, 32)
    for (kernel, padding, stride) in [(1, 0, 1), (3, 1, 1), (3, 1, 2), (3, 0, 1)] {
      var graph = Graph()
      let x = try graph.input("x", TensorType(.float32, [TensorType.batch, size, size, inputs]))
      let input = AffineQuantization(scale: 0.02, zero: zero)
      let weight = QuantizedWeight(name: "w", shape: [outputs, inputs, kernel, kernel], input: input)
      let window = Window(stride: stride, padding: padding)
      let y = try graph.apply(
        QuantizedConvolution(weight: weight, Convolution(window: window, bias: false)),
        [graph.apply(Quantize(input), [x])[0], graph.parameter(weight.scaleSpec)])[0]
      let store = try ParameterStore(for: graph)
      var random = Noise(seed: UInt64(kernel + padding))
      let window2 = kernel * kernel
      let values = (0..<(outputs * inputs * window2)).map { _ in Int8(truncatingIfNeeded: Int(random.next() % 255) - 127) }
      let scales = random.floats(outputs, in: 0.01...0.02)
      try store.setQuantized("w", shape: weight.shape, values)
      try store.set("w.scale", scales)
      let program = try Program(graph, engine: Engine(choice, threads: 2), store: store, outputs: [("y", y)], batch: 2, mode: .inference)
      let pixels = random.floats(2 * size * size * inputs, in: -1...4)
      try program.set("x", pixels)
      try program.run()
      let (got, shape) = try program.output("y")
      let bytes = pixels.map { Int(input.quantized($0)) - Int(zero) }
      var place = 0
      for image in 0..<2 {
        for (row, column) in (0..<shape[1]).flatMap({ row in (0..<shape[2]).map { (row, $0) } }) {
          for output in 0..<outputs {
            var sum = 0
            for ky in 0..<kernel {
              for kx in 0..<kernel {
                let (h, w) = (row * stride + ky - padding, column * stride + kx - padding)
                guard (0..<size).contains(h), (0..<size).contains(w) else { continue }
                for channel in 0..<inputs {
                  sum += bytes[((image * size + h) * size + w) * inputs + channel]
                    * Int(values[((output * inputs + channel) * kernel + ky) * kernel + kx])
                }
              }
            }
            let want = Double(sum) * Double(scales[output]) * 0.02
            #expect(abs(Double(got[place]) - want) <= 2e-5 * (abs(want) + 100), "\(choice) kernel \(kernel) at \(place)")
            place += 1
          }
        }
      }
    }
  }

  @Test func whatCannotBeInt8() throws {
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 4]))
    let shared = try graph.parameter(ParameterSpec(name: "shared", shape: [4, 4], initializer: .zeros))
    let own = try graph.parameter(ParameterSpec(name: "own", shape: [4, 4], initializer: .zeros))
    let first = try graph.apply(Linear(bias: false), [x, shared])[0]
    let second = try graph.apply(Linear(bias: false), [first, shared])[0]
    let y = try graph.apply(Linear(bias: false), [second, own])[0]
    #expect(graph.quantizableWeights(keeping: [y]).map(\.spec.name) == ["own"])
    let input = AffineQuantization(scale: 1, zero: 0)
    for name in ["shared", "nothing"] {
      #expect(throws: GraphError.self) { try graph.quantizing([name: input], keeping: [y]) }
    }
    let rewriting = try graph.quantizing(["own": input], keeping: [y])
    var rewritten = rewriting.graph
    let weights = rewritten.parameters.filter { $0.spec.name == "shared" }.map(\.value)
    let target = try #require(rewriting[y])
    let seed = try rewritten.input("seed", TensorType(.float32, [TensorType.batch, 4]))
    #expect(throws: GraphError.self) { try rewritten.differentiate([(target, seed)], with: weights) }
    // Weights of another size than the graph's.
    let store = try ParameterStore(for: rewriting.graph)
    try store.setQuantized("own", shape: [4, 2], [Int8](repeating: 1, count: 8))
    #expect(throws: EngineError.self) {
      try Program(rewriting.graph, engine: Engine(threads: 1), store: store, outputs: [("y", target)], batch: 1, mode: .inference)
    }
    #expect(throws: EngineError.self) { try store.setQuantized("own", shape: [4, 4], [1]) }
  }
}
