import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A function with its values, the range to try it on, and the error it may have.
struct Elementary: Sendable, CustomTestStringConvertible {
  let kind: Int
  let name: String
  let low: Float
  let high: Float
  var relative = 1e-6
  var absolute = 1e-30
  let value: @Sendable (Double) -> Double
  var testDescription: String { name }

  static let all: [Elementary] = [
    .init(kind: ZOO_RELU, name: "relu", low: -3, high: 3) { max(0, $0) },
    .init(kind: ZOO_GELU_ERF, name: "gelu", low: -12, high: 12) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) },
    .init(kind: ZOO_GELU_TANH, name: "gelu-tanh", low: -6, high: 10, relative: 4e-6) {
      $0 / (1 + exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    },
    .init(kind: ZOO_TANH, name: "tanh", low: -12, high: 12) { tanh($0) },
    .init(kind: ZOO_SIGMOID, name: "sigmoid", low: -80, high: 30) { 1 / (1 + exp(-$0)) },
    .init(kind: ZOO_EXP, name: "exp", low: -87, high: 88, relative: 2e-7) { exp($0) },
    .init(kind: ZOO_LOG, name: "log", low: 0.001, high: 100, absolute: 1e-7) { log($0) },
    .init(kind: ZOO_SQRT, name: "sqrt", low: 0.001, high: 100) { $0.squareRoot() },
    .init(kind: ZOO_RSQRT, name: "rsqrt", low: 0.001, high: 100) { 1 / $0.squareRoot() },
    .init(kind: ZOO_NEGATE, name: "negate", low: -3, high: 3) { -$0 },
    .init(kind: ZOO_SQUARE, name: "square", low: -3, high: 3) { $0 * $0 },
    .init(kind: ZOO_ABSOLUTE, name: "absolute", low: -3, high: 3) { abs($0) },
    .init(kind: ZOO_COS, name: "cos", low: -100, high: 100, absolute: 1e-7) { cos($0) },
    .init(kind: ZOO_SIN, name: "sin", low: -100, high: 100, absolute: 1e-7) { sin($0) },
    .init(kind: ZOO_ACOS, name: "acos", low: -0.99, high: 0.99) { acos($0) },
    .init(kind: ZOO_SOFTPLUS, name: "softplus", low: -40, high: 40) { max($0, 0) + log1p(exp(-abs($0))) },
  ]
}

@Suite("Kernels: elementwise functions")
struct KernelsElementwiseTests {
  static let lengths = [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100]

  @Test(arguments: instructionSets, Elementary.all)
  func valuesAgree(isa: Int32, function: Elementary) {
    var numbers = Numbers()
    for n in Self.lengths + [5000] {
      let x = numbers.array(n, function.low, function.high)
      var y = [Float](repeating: .nan, count: n)
      kernels(isa).unary(Int32(function.kind), x, &y, Int64(n))
      let expected = x.map { function.value(Double($0)) }
      #expect(worst(y, expected, relative: function.relative, absolute: function.absolute) <= 1)
      #expect(inPlace(x) { kernels(isa).unary(Int32(function.kind), $0, $0, Int64(n)) } == y)
    }
  }

  @Test(arguments: instructionSets, Elementary.all)
  func gradientsAgreeWithDifferences(isa: Int32, function: Elementary) {
    var numbers = Numbers()
    for n in [1, 5, 16, 37, 500] {
      let margin = (function.high - function.low) * 0.001
      let x = numbers.array(n, function.low + margin, function.high - margin)
      let dy = numbers.array(n)
      var dx = [Float](repeating: .nan, count: n)
      kernels(isa).unary_gradient(Int32(function.kind), x, dy, &dx, Int64(n))
      let expected = zip(x.doubles, dy.doubles).map { value, d in
        let step = max(1e-6, abs(value) * 1e-6)
        return d * (function.value(value + step) - function.value(value - step)) / (2 * step)
      }
      #expect(worst(dx, expected, relative: 1e-5, absolute: 2e-6) <= 1)
      #expect(inPlace(dy) { kernels(isa).unary_gradient(Int32(function.kind), x, $0, $0, Int64(n)) } == dx)
    }
  }

  @Test(arguments: instructionSets)
  func kinksAndTailsAreAsDocumented(isa: Int32) {
    let x: [Float] = [0, -0.0, 1e4, -1e4, 1e-30, -1e-30]
    let ones = [Float](repeating: 1, count: x.count)
    func value(_ kind: Int) -> [Float] {
      var y = ones
      kernels(isa).unary(Int32(kind), x, &y, Int64(x.count))
      return y
    }
    func gradient(_ kind: Int) -> [Float] {
      var y = ones
      kernels(isa).unary_gradient(Int32(kind), x, ones, &y, Int64(x.count))
      return y
    }
    #expect(gradient(ZOO_RELU) == [0, 0, 1, 0, 1, 0])
    #expect(gradient(ZOO_ABSOLUTE) == [0, 0, 1, -1, 1, -1])
    for kind in [ZOO_GELU_ERF, ZOO_GELU_TANH] {
      let y = value(kind)
      #expect(y[0] == 0 && y[1] == 0 && y[2] == 1e4 && abs(y[3]) < 1e-30)
      #expect(abs(y[4] - 5e-31) < 1e-36 && abs(y[5] + 5e-31) < 1e-36)
      let slope = gradient(kind)
      #expect(slope[0] == 0.5 && slope[2] == 1 && abs(slope[3]) < 1e-30)
    }
    #expect(value(ZOO_EXP)[2] == .infinity && value(ZOO_EXP)[3] == 0)
    #expect(value(ZOO_TANH)[2] == 1 && value(ZOO_TANH)[3] == -1 && value(ZOO_TANH)[4] == 1e-30)
    #expect(value(ZOO_SIGMOID)[2] == 1 && value(ZOO_SIGMOID)[3] == 0)
    #expect(value(ZOO_SOFTPLUS)[2] == 1e4 && value(ZOO_SOFTPLUS)[3] == 0)
    #expect(gradient(ZOO_TANH)[2] == 0 && gradient(ZOO_SIGMOID)[3] == 0)
  }

  @Test(arguments: instructionSets)
  func notANumberIsNotHidden(isa: Int32) {
    let x = [Float](repeating: .nan, count: 19)
    for kind in [ZOO_RELU, ZOO_GELU_ERF, ZOO_GELU_TANH, ZOO_TANH, ZOO_SIGMOID, ZOO_EXP] {
      var y = [Float](repeating: 0, count: x.count)
      kernels(isa).unary(Int32(kind), x, &y, Int64(x.count))
      #expect(y.allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: instructionSets)
  func expReachesTheEndsOfTheRange(isa: Int32) {
    let x: [Float] = [-103.9, -103, -95, -90, -87.5, -1e-8, 0, 1e-8, 88.7, 88.73, 200, -200, -.infinity,
      .infinity]
    var y = [Float](repeating: .nan, count: x.count)
    kernels(isa).unary(Int32(ZOO_EXP), x, &y, Int64(x.count))
    for (a, b) in zip(y, x) {
      let exact = Float(exp(Double(b)))
      #expect(a == exact || abs(a - exact) <= exact * 2e-7 + .leastNonzeroMagnitude)
    }
  }

  @Test(arguments: instructionSets)
  func scalingAndAccumulation(isa: Int32) {
    var numbers = Numbers()
    for n in Self.lengths {
      let x = numbers.array(n)
      let y = numbers.array(n)
      let scaled = inPlace(x) { kernels(isa).scale($0, 2.5, -0.5, $0, Int64(n)) }
      #expect(worst(scaled, x.map { Double($0) * 2.5 - 0.5 }, relative: 1e-6, absolute: 2e-7) <= 1)
      let sum = inPlace(y) { kernels(isa).accumulate(x, 0.3, $0, Int64(n)) }
      let expected = zip(x, y).map { Double($1) + Double($0) * Double(Float(0.3)) }
      #expect(worst(sum, expected, relative: 1e-6, absolute: 1e-7) <= 1)
    }
  }

  @Test(arguments: instructionSets)
  func squaredSumIsInDoublePrecision(isa: Int32) {
    var numbers = Numbers()
    for n in [0, 1, 31, 32, 33, 70001] {
      let x = numbers.array(n, 999, 1000)
      let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(kernels(isa).squared_sum(x, Int64(n)) - expected) <= expected * 1e-13)
    }
  }

  @Test(arguments: instructionSets)
  func oneNumberThatIsNotFiniteIsFoundAnywhere(isa: Int32) {
    var x = [Float](repeating: .greatestFiniteMagnitude, count: 37)
    #expect(kernels(isa).all_finite(x, 37) != 0)
    #expect(kernels(isa).all_finite(x, 0) != 0)
    for place in x.indices {
      for bad in [Float.nan, .infinity, -.infinity] {
        x[place] = bad
        #expect(kernels(isa).all_finite(x, 37) == 0)
      }
      x[place] = -1
    }
  }
}
