import CZooKernels
import Testing

@Suite("Kernels: LayerNorm and weight standardisation")
struct KernelsNormTests {
  static let widths = [1, 2, 5, 16, 19, 64, 100, 1027]
  static let epsilon: Float = 1e-5

  static func statistics(_ x: [Double]) -> (mean: Double, rstd: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return (mean, 1 / (variance + Double(epsilon)).squareRoot())
  }

  static func normalise(_ x: [Double]) -> [Double] {
    let (mean, rstd) = statistics(x)
    return x.map { ($0 - mean) * rstd }
  }

  /// The gradient in closed form; `formulaIsTheSlope` checks it.
  static func gradient(_ x: [Double], _ g: [Double]) -> [Double] {
    let xhat = normalise(x)
    let n = Double(x.count)
    let mean = g.reduce(0, +) / n
    let product = dot(g, xhat) / n
    return x.indices.map { statistics(x).rstd * (g[$0] - mean - xhat[$0] * product) }
  }

  static func rows(_ x: [Float], _ n: Int) -> [[Double]] {
    stride(from: 0, to: x.count, by: n).map { Array(x.doubles[$0..<$0 + n]) }
  }

  @Test func formulaIsTheSlope() {
    var numbers = Numbers()
    let x = numbers.array(7).doubles
    let g = numbers.array(7).doubles
    let expected = slope(x) { dot(Self.normalise($0), g) }
    #expect(worst(Self.gradient(x, g).map(Float.init), expected, relative: 1e-6, absolute: 1e-6) <= 1)
  }

  @Test(arguments: instructionSets, widths)
  func layerNorm(isa: Int32, n: Int) {
    var numbers = Numbers()
    // The second half is far from 0: a variance of one pass would have lost it.
    let x = numbers.array(3 * n) + numbers.array(3 * n, 999, 1001)
    let gamma = numbers.array(n)
    let beta = numbers.array(n)
    var y = x
    var mean = [Float](repeating: .nan, count: 6)
    var rstd = mean
    kernels(isa).layer_norm(x, gamma, beta, Self.epsilon, 6, Int64(n), &y, &mean, &rstd)
    let rows = Self.rows(x, n)
    #expect(worst(mean, rows.map { Self.statistics($0).mean }, relative: 1e-6, absolute: 1e-6) <= 1)
    let hat = rows.map(Self.normalise)
    let expected = hat.flatMap { row in row.indices.map { row[$0] * Double(gamma[$0]) + Double(beta[$0]) } }
    #expect(worst(Array(y[..<(3 * n)]), Array(expected[..<(3 * n)]), relative: 2e-6, absolute: 3e-6) <= 1)
    // Near 1000 the mean itself is rounded by 3e-5; a row of equal values would show it times 1 /
    // sqrt(epsilon).
    if n > 2 {
      #expect(worst(y, expected, relative: 1e-3, absolute: 1e-3) <= 1)
    }
    kernels(isa).layer_norm(x, nil, nil, Self.epsilon, 6, Int64(n), &y, &mean, &rstd)
    #expect(worst(Array(y[..<(3 * n)]), Array(hat.joined())[..<(3 * n)].map { $0 }, relative: 2e-6,
      absolute: 3e-6) <= 1)
  }

  @Test(arguments: instructionSets, widths)
  func layerNormGradient(isa: Int32, n: Int) {
    var numbers = Numbers()
    let count = 21
    let x = numbers.array(count * n)
    let dy = numbers.array(count * n)
    let add = numbers.array(count * n)
    let gamma = numbers.array(n)
    let rows = Self.rows(x, n)
    let mean = rows.map { Float(Self.statistics($0).mean) }
    let rstd = rows.map { Float(Self.statistics($0).rstd) }
    let expected = zip(rows, Self.rows(dy, n)).flatMap { row, d in
      Self.gradient(row, zip(d, gamma).map { $0 * Double($1) })
    }
    let total = Int64(count)
    // Gradients scale with 1 / sigma, at most 1 / sqrt(epsilon) = 316 for a row of one element.
    let tolerance = n < 3 ? 2e-4 : 1e-5
    var dgamma = [Float](repeating: 1, count: n)
    var dbeta = [Float](repeating: 2, count: n)
    let plain = inPlace(dy) {
      kernels(isa).layer_norm_gradient(x, mean, rstd, gamma, $0, nil, total, Int64(n), $0, &dgamma, &dbeta)
    }
    #expect(worst(plain, expected, relative: 1e-5, absolute: tolerance) <= 1)
    let hats = rows.map(Self.normalise)
    let gammaSums = (0..<n).map { c in (0..<count).reduce(1.0) { $0 + Double(dy[$1 * n + c]) * hats[$1][c] } }
    let betaSums = (0..<n).map { c in (0..<count).reduce(2.0) { $0 + Double(dy[$1 * n + c]) } }
    #expect(worst(dgamma, gammaSums, relative: 1e-5, absolute: 1e-4) <= 1)
    #expect(worst(dbeta, betaSums, relative: 1e-6, absolute: 1e-5) <= 1)

    let added = inPlace(add) {
      kernels(isa).layer_norm_gradient(x, mean, rstd, gamma, dy, $0, total, Int64(n), $0, nil, nil)
    }
    let sums = zip(expected, add).map { $0 + Double($1) }
    #expect(worst(added, sums, relative: 1e-5, absolute: tolerance) <= 1)
    // One of the two alone, and no affine at all.
    var onlyBeta = [Float](repeating: 2, count: n)
    let free = inPlace(dy) {
      kernels(isa).layer_norm_gradient(x, mean, rstd, nil, $0, nil, total, Int64(n), $0, nil, &onlyBeta)
    }
    #expect(onlyBeta == dbeta)
    let freeExpected = zip(rows, Self.rows(dy, n)).flatMap { Self.gradient($0, $1) }
    #expect(worst(free, freeExpected, relative: 1e-5, absolute: tolerance) <= 1)
  }

  @Test(arguments: instructionSets, widths)
  func weightStandardisation(isa: Int32, n: Int) {
    var numbers = Numbers()
    let w = numbers.array(4 * n)
    var y = w
    var mean = [Float](repeating: .nan, count: 4)
    var rstd = mean
    kernels(isa).weight_standardise(w, Self.epsilon, 4, Int64(n), &y, &mean, &rstd)
    let rows = Self.rows(w, n)
    #expect(worst(y, rows.flatMap(Self.normalise), relative: 2e-6, absolute: 3e-6) <= 1)
    #expect(worst(rstd, rows.map { Self.statistics($0).rstd }, relative: 3e-6, absolute: 0) <= 1)
    let dy = numbers.array(4 * n)
    let dw = inPlace(dy) {
      kernels(isa).weight_standardise_gradient(w, mean, rstd, $0, 4, Int64(n), $0)
    }
    let expected = zip(rows, Self.rows(dy, n)).flatMap { Self.gradient($0, $1) }
    #expect(worst(dw, expected, relative: 1e-5, absolute: n < 3 ? 2e-4 : 1e-5) <= 1)
  }
}
