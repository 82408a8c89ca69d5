import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The instruction sets that this machine can run; every test runs on each.
let instructionSets: [Int32] = Array(0...zoo_isa_detect())

func kernels(_ isa: Int32) -> zoo_kernels { zoo_kernels_for(isa).pointee }

/// A reproducible source of numbers (SplitMix64).
struct Numbers {
  var state: UInt64 = 42

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ low: Float = -1, _ high: Float = 1) -> Float {
    low + (high - low) * Float(next() >> 40) / 16_777_216
  }

  mutating func array(_ count: Int, _ low: Float = -1, _ high: Float = 1) -> [Float] {
    (0..<count).map { _ in uniform(low, high) }
  }
}

extension Array where Element == Float {
  var doubles: [Double] { map(Double.init) }
}

/// The largest |actual - expected| in units of absolute + relative * |expected|: at most 1 where all agree.
func worst(_ actual: [Float], _ expected: [Double], relative: Double, absolute: Double) -> Double {
  guard actual.count == expected.count else { return .infinity }
  var result = 0.0
  for (a, e) in zip(actual, expected) {
    if Double(a) == e || (a.isNaN && e.isNaN) { continue }
    let error = abs(Double(a) - e) / (absolute + relative * abs(e))
    result = error.isNaN ? .infinity : max(result, error)
  }
  return result
}

/// Central differences of f.
func slope(_ x: [Double], step: Double = 1e-5, of f: ([Double]) -> Double) -> [Double] {
  x.indices.map { i in
    var above = x
    var below = x
    above[i] += step
    below[i] -= step
    return (f(above) - f(below)) / (2 * step)
  }
}

func dot(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}

/// Gives `body` one buffer to read and write, for the kernels whose result may overwrite an operand.
func inPlace(_ values: [Float], _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  var copy = values
  copy.withUnsafeMutableBufferPointer { buffer in
    if let base = buffer.baseAddress { body(base) }
  }
  return copy
}
