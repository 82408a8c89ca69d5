import CZooKernels
import Testing
import ZooEngine
import ZooGraph

@Suite("3 x 3 convolutions by Winograd's F(2x2, 3x3)")
struct WinogradTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var images = 2
    var height: Int, width: Int, channels: Int, outputs: Int, block: Int
    var testDescription: String { "\(height)x\(width), \(channels) to \(outputs), \(block) at a time" }
    var tiles: Int { images * ((height + 1) / 2) * ((width + 1) / 2) }
  }

  static let shapes = [
    Shape(height: 1, width: 1, channels: 16, outputs: 16, block: 1),
    Shape(height: 2, width: 3, channels: 32, outputs: 48, block: 5),
    Shape(height: 7, width: 7, channels: 48, outputs: 80, block: 7),
    Shape(height: 8, width: 5, channels: 16, outputs: 112, block: 100),
    Shape(height: 9, width: 14, channels: 64, outputs: 64, block: 24),
  ]

  /// The definition, in double precision.
  private func direct(_ x: [Float], _ w: [Float], _ s: Shape) -> [Double] {
    var y = [Double](repeating: 0, count: s.images * s.height * s.width * s.outputs)
    for image in 0..<s.images {
      for (row, column) in (0..<s.height).flatMap({ row in (0..<s.width).map { (row, $0) } }) {
        for (i, j) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)] {
          let (r, c) = (row + i - 1, column + j - 1)
          guard (0..<s.height).contains(r), (0..<s.width).contains(c) else { continue }
          let from = ((image * s.height + r) * s.width + c) * s.channels
          let to = ((image * s.height + row) * s.width + column) * s.outputs
          for o in 0..<s.outputs {
            for k in 0..<s.channels {
              y[to + o] += Double(x[from + k]) * Double(w[(o * s.channels + k) * 9 + 3 * i + j])
            }
          }
        }
      }
    }
    return y
  }

  /// Packs, and computes ranges of tiles that end at `cuts` one after the other.
  private func winograd<X: BitwiseCopyable, Packed: BitwiseCopyable, Y: BitwiseCopyable>(
    _ isa: Int32, _ x: [X], _ w: [Float], _ s: Shape, narrow: Int, cuts: [Int] = [], packed zero: Packed,
    result: Y
  ) -> [Y] {
    let (channels, outputs) = (Int64(s.channels), Int64(s.outputs))
    var packed = [Packed](repeating: zero, count: 16 * s.channels * s.outputs)
    let products: Int32 = narrow & Int(ZOO_NARROW_X) == 0 ? 0 : 1
    for panel in 0..<kernels(isa).winograd_panels(outputs) {
      packed.withUnsafeMutableBytes { bytes in
        if let base = bytes.baseAddress { kernels(isa).winograd_pack(w, channels, outputs, panel, products, base) }
      }
    }
    let floats = kernels(isa).winograd_scratch(channels, Int64(s.block), Int32(narrow))
    var scratch = [Float](repeating: .nan, count: Int(floats))
    var y = [Y](repeating: result, count: s.images * s.height * s.width * s.outputs)
    var begin = 0
    for end in cuts + [s.tiles] {
      kernels(isa).winograd(
        x, Int32(narrow), Int64(s.height), Int64(s.width), channels, outputs, packed, Int64(s.block), Int64(begin),
        Int64(end), &y, &scratch)
      begin = end
    }
    return y
  }

  @Test(arguments: instructionSets, shapes)
  func agreesWithTheDefinition(isa: Int32, s: Shape) {
    var numbers = Numbers()
    let x = numbers.array(s.images * s.height * s.width * s.channels)
    let w = numbers.array(s.outputs * s.channels * 9)
    let y = winograd(isa, x, w, s, narrow: 0, packed: 0 as Float, result: Float.nan)
    let scale = Double(9 * s.channels).squareRoot()
    #expect(worst(y, direct(x, w, s), relative: 1e-6, absolute: 1e-6 * scale) <= 1)
    // A tile's result does not depend on its neighbours in a block or a range.
    let pieces = winograd(
      isa, x, w, s, narrow: 0, cuts: [s.tiles / 3, s.tiles / 2], packed: 0 as Float,
      result: Float.nan)
    #expect(pieces == y)
  }

  /// Inputs that are bfloat16 already; the transformed ones and the weights are rounded to 8 bits.
  @Test(arguments: instructionSets, shapes)
  func overBFloat16(isa: Int32, s: Shape) {
    guard kernels(isa).attention_narrow != nil else { return }
    var numbers = Numbers()
    let source = numbers.array(s.images * s.height * s.width * s.channels)
    var x = [UInt16](repeating: 0, count: source.count)
    kernels(0).to_bfloat16(source, &x, Int64(x.count))
    let w = numbers.array(s.outputs * s.channels * 9)
    let expected = direct(x.map { Float(bitPattern: UInt32($0) << 16) }, w, s)
    let wide = winograd(
      isa, x, w, s, narrow: Int(ZOO_NARROW_X), packed: 0 as UInt16, result: Float.nan)
    let narrow = winograd(
      isa, x, w, s, narrow: Int(ZOO_NARROW_X | ZOO_NARROW_RESULT), packed: 0 as UInt16,
      result: 7 as UInt16)
    for y in [wide, narrow.map { Float(bitPattern: UInt32($0) << 16) }] {
      let error = zip(y.doubles, expected).map { (a: Double, b: Double) in a - b }
      let relative = (dot(error, error) / dot(expected, expected)).squareRoot()
      #expect(relative < 0.006)
    }
  }

  /// Inference takes it, with either engine; training, whose gradients are of the direct sums, does not.
  @Test(arguments: [EngineChoice.onednn, .openblas])
  func inferenceAgreesWithTraining(_ choice: EngineChoice) throws {
    guard case .success = Engine.probe(choice) else { return }
    var graph = Graph()
    let x = try graph.input("x", TensorType(.float32, [TensorType.batch, 9, 6, 32]))
    let w = try graph.parameter(ParameterSpec(name: "w", shape: [48, 32, 3, 3], initializer: .zeros))
    let y = try graph.apply(named: "conv2d", [x, w], ["padding": .int(1)])[0]
    let store = try ParameterStore(for: graph)
    var numbers = Numbers()
    try store.set("w", numbers.array(48 * 32 * 9))
    let images = numbers.array(3 * 9 * 6 * 32)
    let engine = try Engine(choice)
    let programs = try [ProgramMode.inference, .training].map {
      try Program(graph, engine: engine, store: store, outputs: [("y", y)], batch: 3, mode: $0)
    }
    for program in programs {
      try program.set("x", images)
      try program.run()
    }
    #expect(programs[0].plan.instructions.contains { $0.implementation == "winograd" })
    #expect(!programs[1].plan.instructions.contains { $0.implementation == "winograd" })
    let (fast, exact) = (try programs[0].output("y").values, try programs[1].output("y").values)
    #expect(worst(fast, exact.doubles, relative: 1e-6, absolute: 2e-5) <= 1)
  }
}
