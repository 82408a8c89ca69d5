import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Kernels: attention")
struct KernelsAttentionTests {
  /// One head in double precision, its operands dense.
  struct Reference {
    let n, d: Int
    let scale: Double

    func probabilities(_ q: [Double], _ k: [Double]) -> (p: [[Double]], lse: [Double]) {
      var lse: [Double] = []
      let p = (0..<n).map { i -> [Double] in
        let s = (0..<n).map { j in (0..<d).reduce(0.0) { $0 + q[i * d + $1] * k[j * d + $1] } * scale }
        let maximum = s.max() ?? 0
        let sum = s.reduce(0) { $0 + exp($1 - maximum) }
        lse.append(maximum + log(sum))
        return s.map { exp($0 - maximum) / sum }
      }
      return (p, lse)
    }

    func output(_ q: [Double], _ k: [Double], _ v: [Double]) -> [Double] {
      let p = probabilities(q, k).p
      return (0..<n * d).map { i in (0..<n).reduce(0) { $0 + p[i / d][$1] * v[$1 * d + i % d] } }
    }

    /// In closed form; `formulaIsTheSlope` checks it.
    func gradient(_ q: [Double], _ k: [Double], _ v: [Double], _ g: [Double]) -> (q: [Double], k: [Double],
      v: [Double]) {
      let p = probabilities(q, k).p
      let ds = (0..<n).map { i -> [Double] in
        let dp = (0..<n).map { j in (0..<d).reduce(0.0) { $0 + g[i * d + $1] * v[j * d + $1] } }
        let mean = dot(dp, p[i])
        return (0..<n).map { p[i][$0] * (dp[$0] - mean) * scale }
      }
      let all = 0..<n * d
      return (
        all.map { i in (0..<n).reduce(0) { $0 + ds[i / d][$1] * k[$1 * d + i % d] } },
        all.map { i in (0..<n).reduce(0) { $0 + ds[$1][i / d] * q[$1 * d + i % d] } },
        all.map { i in (0..<n).reduce(0) { $0 + p[$1][i / d] * g[$1 * d + i % d] } }
      )
    }
  }

  @Test func formulaIsTheSlope() {
    var numbers = Numbers()
    let reference = Reference(n: 4, d: 3, scale: 0.7)
    let (q, k, v) = (numbers.array(12).doubles, numbers.array(12).doubles, numbers.array(12).doubles)
    let g = numbers.array(12).doubles
    let closed = reference.gradient(q, k, v, g)
    let differences = [
      slope(q) { dot(reference.output($0, k, v), g) },
      slope(k) { dot(reference.output(q, $0, v), g) },
      slope(v) { dot(reference.output(q, k, $0), g) },
    ]
    for (a, b) in zip([closed.q, closed.k, closed.v], differences) {
      #expect(worst(a.map(Float.init), b, relative: 1e-6, absolute: 1e-7) <= 1)
    }
  }

  static let shapes = [
    (1, 1), (1, 16), (2, 3), (5, 16), (6, 8), (7, 20), (12, 64), (13, 33), (16, 16), (17, 80), (65, 24),
      (97, 88),
    (101, 64), (197, 64), (257, 16),
  ]

  @Test(arguments: instructionSets, shapes.indices)
  func outputAndGradients(isa: Int32, index: Int) {
    let (n, d) = Self.shapes[index]
    // Rows of q, k and v lie in one buffer, with gaps; those of o in another.
    let (stride, outStride) = (3 * d + 5, d + 2)
    var numbers = Numbers()
    let qkv = numbers.array(n * stride, -2, 2)
    let dOut = numbers.array(n * outStride)
    let scale = 1 / Float(d).squareRoot()
    func dense(_ x: [Float], _ first: Int, _ stride: Int) -> [Double] {
      (0..<n * d).map { Double(x[$0 / d * stride + first + $0 % d]) }
    }
    let reference = Reference(n: n, d: d, scale: Double(scale))
    let (q, k, v) = (dense(qkv, 0, stride), dense(qkv, d, stride), dense(qkv, 2 * d, stride))
    let untouched: Float = 7
    var out = [Float](repeating: untouched, count: n * outStride)
    var lse = [Float](repeating: .nan, count: n)
    var gradient = [Float](repeating: untouched, count: n * stride)
    let (tokens, width) = (Int64(n), Int64(d))
    var scratch = [Float](repeating: .nan, count: Int(kernels(isa).attention_scratch(tokens, width)))
    var larger = [Float](repeating: .nan, count: Int(kernels(isa).attention_gradient_scratch(tokens, width)))
    qkv.withUnsafeBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return }
      kernels(isa).attention(
        x, x + d, x + 2 * d, Int64(stride), tokens, width, scale, &out, Int64(outStride), &lse, &scratch)
      gradient.withUnsafeMutableBufferPointer { target in
        guard let dx = target.baseAddress else { return }
        kernels(isa).attention_gradient(
          x, x + d, x + 2 * d, Int64(stride), out, dOut, Int64(outStride), lse, tokens, width, scale, dx,
            dx + d,
          dx + 2 * d, &larger)
      }
    }
    #expect(worst(dense(out, 0, outStride).map(Float.init), reference.output(q, k, v), relative: 1e-6,
      absolute: 2e-6) <= 1)
    #expect(worst(lse, reference.probabilities(q, k).lse, relative: 1e-6, absolute: 2e-6) <= 1)
    let expected = reference.gradient(q, k, v, dense(dOut, 0, outStride))
    for (first, values) in [(0, expected.q), (d, expected.k), (2 * d, expected.v)] {
      #expect(worst(dense(gradient, first, stride).map(Float.init), values, relative: 1e-5,
        absolute: 3e-6) <= 1)
    }
    // The gaps between the rows belong to others.
    for row in 0..<n {
      #expect(out[(row * outStride + d)..<((row + 1) * outStride)].allSatisfy { $0 == untouched })
      #expect(gradient[(row * stride + 3 * d)..<((row + 1) * stride)].allSatisfy { $0 == untouched })
    }
  }

  @Test(arguments: instructionSets)
  func largeScoresDoNotOverflow(isa: Int32) {
    let (n, d) = (9, 16)
    var numbers = Numbers()
    let q = numbers.array(n * d, 50, 100)
    let k = numbers.array(n * d, 50, 100)
    let v = numbers.array(n * d)
    var out = [Float](repeating: .nan, count: n * d)
    var lse = [Float](repeating: .nan, count: n)
    var scratch = [Float](repeating: .nan, count: Int(kernels(isa).attention_scratch(9, 16)))
    kernels(isa).attention(q, k, v, 16, 9, 16, 1, &out, 16, &lse, &scratch)
    let reference = Reference(n: n, d: d, scale: 1)
    // Scores near 1e5 are rounded by 4e-3, and so are the logarithms of the probabilities.
    #expect(worst(out, reference.output(q.doubles, k.doubles, v.doubles), relative: 0, absolute: 0.05) <= 1)
    #expect(worst(lse, reference.probabilities(q.doubles, k.doubles).lse, relative: 1e-6, absolute: 0) <= 1)
  }
}
