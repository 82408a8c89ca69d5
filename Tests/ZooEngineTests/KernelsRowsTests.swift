import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Kernels: rows, softmax and cross-entropy")
struct KernelsRowsTests {
  static let widths = [1, 2, 3, 8, 15, 16, 17, 40, 1000]

  static func softmax(_ x: [Double]) -> [Double] {
    let maximum = x.max() ?? 0
    let e = x.map { exp($0 - maximum) }
    let sum = e.reduce(0, +)
    return e.map { $0 / sum }
  }

  static func logSoftmax(_ x: [Double]) -> [Double] {
    let maximum = x.max() ?? 0
    let sum = x.reduce(0) { $0 + exp($1 - maximum) }
    return x.map { $0 - maximum - log(sum) }
  }

  @Test(arguments: instructionSets)
  func columnSumsAreAddedAndStayAccurate(isa: Int32) {
    var numbers = Numbers()
    for (rows, n) in [(0, 5), (1, 5), (7, 17), (8, 16), (13, 1500), (20_000, 3)] {
      let x = numbers.array(rows * n, 0, 1)
      var sums = [Float](repeating: 2, count: n)
      kernels(isa).column_sums(x, 0, Int64(rows), Int64(n), &sums)
      let expected = (0..<n).map { c in (0..<rows).reduce(2.0) { $0 + Double(x[$1 * n + c]) } }
      #expect(worst(sums, expected, relative: 2e-6, absolute: 0) <= 1)
    }
  }

  @Test(arguments: instructionSets, widths)
  func reductions(isa: Int32, n: Int) {
    var numbers = Numbers()
    let x = numbers.array(3 * n, -5, -1)
    var y = [Float](repeating: .nan, count: 3)
    let rows = (0..<3).map { Array(x[$0 * n..<($0 + 1) * n]) }
    kernels(isa).row_reduce(Int32(ZOO_MAXIMUM), x, 3, Int64(n), &y)
    #expect(y == rows.map { $0.max() ?? 0 })
    kernels(isa).row_reduce(Int32(ZOO_ADD), x, 3, Int64(n), &y)
    #expect(worst(y, rows.map { $0.doubles.reduce(0, +) }, relative: 1e-6, absolute: 0) <= 1)
  }

  @Test(arguments: instructionSets, widths)
  func softmaxAndItsGradient(isa: Int32, n: Int) {
    var numbers = Numbers()
    // The last row is moved by 1e4: the result must not overflow.
    let x = numbers.array(2 * n, -8, 8) + numbers.array(n, 9_990, 10_000)
    let dy = numbers.array(3 * n)
    for logarithm in [false, true] {
      let reference = logarithm ? Self.logSoftmax : Self.softmax
      let rows = (0..<3).map { Array(x[$0 * n..<($0 + 1) * n].map(Double.init)) }
      let flag: Int32 = logarithm ? 1 : 0
      let y = inPlace(x) { kernels(isa).softmax($0, 3, Int64(n), flag, $0) }
      // The logarithm of a sum just above 1 is as good as the sum: half a unit of 1.
      let tolerance = logarithm ? 2e-7 : 1e-30
      #expect(worst(y, rows.flatMap(reference), relative: 2e-6, absolute: tolerance) <= 1)
      let dx = inPlace(dy) { kernels(isa).softmax_gradient(y, $0, 3, Int64(n), flag, $0) }
      let expected = (0..<3).flatMap { r in
        let d = Array(dy.doubles[r * n..<(r + 1) * n])
        let p = Self.softmax(rows[r])
        let sum = logarithm ? d.reduce(0, +) : dot(p, d)
        return (0..<n).map { logarithm ? d[$0] - p[$0] * sum : p[$0] * (d[$0] - sum) }
      }
      #expect(worst(dx, expected, relative: 1e-5, absolute: 3e-6) <= 1)
    }
  }

  struct Targets {
    let first: [Int32] = [0, 1, 2, -1, 3, 2]
    let second: [Int32] = [1, 1, 0, 0, 9_999, 2]
    let mix: [Float] = [1, 0.3, 0.75, 1, 0.5, 0]
    /// Rows 3 and 4 have a label outside the classes.
    let valid = [true, true, true, false, false, true]

    func loss(_ x: [Double], _ row: Int, _ smoothing: Double) -> Double {
      guard valid[row] else { return 0 }
      let log = KernelsRowsTests.logSoftmax(x)
      let mix = Double(self.mix[row])
      let hard = mix * log[Int(first[row])] + (1 - mix) * log[Int(second[row])]
      return -(1 - smoothing) * hard - smoothing * log.reduce(0, +) / Double(x.count)
    }
  }

  @Test(arguments: instructionSets, [4, 5, 16, 21, 100])
  func crossEntropy(isa: Int32, n: Int) {
    var numbers = Numbers()
    let targets = Targets()
    for (smoothing, moved) in [(Float(0), Float(0)), (0.1, 0), (0.1, 1e4)] {
      let x = numbers.array(6 * n, moved - 5, moved + 5)
      let rows = (0..<6).map { Array(x.doubles[$0 * n..<($0 + 1) * n]) }
      var loss = [Float](repeating: .nan, count: 6)
      var logsum = loss
      kernels(isa).cross_entropy(
        x, targets.first, targets.second, targets.mix, smoothing, 6, Int64(n), &loss, &logsum)
      let expected = rows.indices.map { targets.loss(rows[$0], $0, Double(smoothing)) }
      #expect(worst(loss, expected, relative: 1e-6, absolute: 1e-6) <= 1)
      #expect(loss[3] == 0 && loss[4] == 0)
      let sums = rows.map { row in row[0] - Self.logSoftmax(row)[0] }
      #expect(worst(logsum, sums, relative: 1e-6, absolute: 1e-6) <= 1)

      let dloss = numbers.array(6)
      var dx = [Float](repeating: .nan, count: 6 * n)
      kernels(isa).cross_entropy_gradient(
        x, logsum, targets.first, targets.second, targets.mix, smoothing, dloss, 6, Int64(n), &dx)
      let slopes = rows.indices.flatMap { r in
        slope(rows[r]) { targets.loss($0, r, Double(smoothing)) }.map { $0 * Double(dloss[r]) }
      }
      // The log-sum is rounded to a float near 1e4 in the last round: 5e-4 of relative error.
      #expect(worst(dx, slopes, relative: 1e-6, absolute: moved == 0 ? 2e-6 : 1e-3) <= 1)
    }
  }
}
