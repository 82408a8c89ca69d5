import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Kernels: optimisers")
struct KernelsOptimiserTests {
  static let lengths = [1, 5, 16, 37]

  @Test(arguments: instructionSets, [false, true])
  func momentum(isa: Int32, nesterov: Bool) {
    var numbers = Numbers()
    for n in Self.lengths {
      var w = numbers.array(n)
      var m = [Float](repeating: 0, count: n)
      var (exactW, exactM) = (w.doubles, m.doubles)
      for _ in 0..<5 {
        let gradient = numbers.array(n)
        kernels(isa).sgd(&w, &m, gradient, Int64(n), 0.1, 0.9, 0.01, nesterov ? 1 : 0, 0.5)
        for i in 0..<n {
          let g = Double(gradient[i]) * 0.5 + 0.01 * exactW[i]
          exactM[i] = 0.9 * exactM[i] + g
          exactW[i] -= 0.1 * (nesterov ? g + 0.9 * exactM[i] : exactM[i])
        }
      }
      #expect(worst(w, exactW, relative: 1e-5, absolute: 1e-6) <= 1)
      #expect(worst(m, exactM, relative: 1e-5, absolute: 1e-6) <= 1)
    }
  }

  @Test(arguments: instructionSets)
  func adamWithDecoupledDecay(isa: Int32) {
    var numbers = Numbers()
    for n in Self.lengths {
      var w = numbers.array(n)
      var m = [Float](repeating: 0, count: n)
      var v = m
      var (exactW, exactM, exactV) = (w.doubles, m.doubles, v.doubles)
      for step in 1...5 {
        let gradient = numbers.array(n)
        let (c1, c2) = (1 - pow(0.9, Double(step)), 1 - pow(0.999, Double(step)))
        kernels(isa).adamw(
          &w, &m, &v, gradient, Int64(n), 0.1, 0.9, 0.999, 1e-8, 0.05, Float(c1), Float(c2), 0.5)
        for i in 0..<n {
          let g = Double(gradient[i]) * 0.5
          exactW[i] *= 1 - 0.1 * 0.05
          exactM[i] = 0.9 * exactM[i] + 0.1 * g
          exactV[i] = 0.999 * exactV[i] + 0.001 * g * g
          exactW[i] -= 0.1 / c1 * exactM[i] / ((exactV[i] / c2).squareRoot() + 1e-8)
        }
      }
      #expect(worst(w, exactW, relative: 1e-4, absolute: 2e-5) <= 1)
      #expect(worst(v, exactV, relative: 1e-4, absolute: 1e-8) <= 1)
    }
  }

  @Test(arguments: instructionSets)
  func movingAverage(isa: Int32) {
    var numbers = Numbers()
    for n in Self.lengths {
      let w = numbers.array(n)
      let start = numbers.array(n)
      var average = start
      kernels(isa).average(&average, w, Int64(n), 0.99)
      let expected = zip(start, w).map { 0.99 * Double($0) + 0.01 * Double($1) }
      #expect(worst(average, expected, relative: 1e-6, absolute: 1e-6) <= 1)
    }
  }
}
