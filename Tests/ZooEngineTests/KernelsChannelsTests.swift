import CZooKernels
import Testing

@Suite("Kernels: normalisation by channel")
struct KernelsChannelsTests {
  static let shapes = [(1, 1), (3, 5), (4, 16), (9, 17), (50, 64), (7, 600), (3000, 3)]

  struct Operands {
    let pixels: Int
    let channels: Int
    let x, dy, dy2, add: [Float]
    let scale, offset, shift, p, q, r: [Float]

    init(_ shape: (Int, Int)) {
      var numbers = Numbers()
      (pixels, channels) = shape
      let n = pixels * channels
      x = numbers.array(n)
      dy = numbers.array(n)
      dy2 = numbers.array(n)
      add = numbers.array(n)
      scale = numbers.array(channels)
      offset = numbers.array(channels)
      shift = numbers.array(channels)
      p = numbers.array(channels)
      q = numbers.array(channels)
      r = numbers.array(channels)
    }

    func dz(_ i: Int, second: Bool, relu: Bool) -> Double {
      let c = i % channels
      // As the kernels may round differently just at the kink, the test's numbers must not lie on it.
      let open = Double(x[i]) * Double(scale[c]) + Double(offset[c]) > 0
      return relu && !open ? 0 : Double(dy[i]) + (second ? Double(dy2[i]) : 0)
    }

    func sums(_ term: (Int) -> Double) -> [Double] {
      (0..<channels).map { c in (0..<pixels).reduce(0) { $0 + term($1 * channels + c) } }
    }
  }

  @Test(arguments: instructionSets, shapes.indices)
  func forward(isa: Int32, index: Int) {
    let o = Operands(Self.shapes[index])
    let (pixels, channels) = (Int64(o.pixels), Int64(o.channels))
    // What was in the sums before is overwritten.
    var sum = [Float](repeating: .nan, count: o.channels)
    var squares = sum
    kernels(isa).channel_sums(o.x, 0, o.shift, pixels, channels, &sum, &squares)
    let centred: (Int) -> Double = { Double(o.x[$0]) - Double(o.shift[$0 % o.channels]) }
    #expect(worst(sum, o.sums(centred), relative: 2e-6, absolute: 1e-4) <= 1)
    #expect(worst(squares, o.sums { centred($0) * centred($0) }, relative: 2e-6, absolute: 1e-6) <= 1)

    for relu in [false, true] {
      let y = inPlace(o.x) {
        kernels(isa).channel_affine($0, 0, o.scale, o.offset, relu ? 1 : 0, pixels, channels, $0)
      }
      let expected = o.x.indices.map { i -> Double in
        let c = i % o.channels
        let z = Double(o.x[i]) * Double(o.scale[c]) + Double(o.offset[c])
        return relu ? max(0, z) : z
      }
      #expect(worst(y, expected, relative: 1e-6, absolute: 1e-6) <= 1)
    }
  }

  @Test(arguments: instructionSets, shapes.indices)
  func backward(isa: Int32, index: Int) {
    let o = Operands(Self.shapes[index])
    let (pixels, channels) = (Int64(o.pixels), Int64(o.channels))
    for (second, relu) in [(false, false), (false, true), (true, false), (true, true)] {
      let flag: Int32 = relu ? 1 : 0
      var sum = [Float](repeating: .nan, count: o.channels)
      var products = sum
      func run(_ dy2: UnsafePointer<Float>?) -> (inDy: [Float], inAdd: [Float]) {
        kernels(isa).channel_gradient_sums(
          o.x, o.dy, dy2, 0, o.scale, o.offset, o.shift, flag, pixels, channels, &sum, &products)
        let inDy = inPlace(o.dy) {
          kernels(isa).channel_gradient_apply(
            o.x, $0, dy2, nil, 0, o.scale, o.offset, o.shift, o.p, o.q, o.r, flag, pixels, channels, $0)
        }
        let inAdd = inPlace(o.add) {
          kernels(isa).channel_gradient_apply(
            o.x, o.dy, dy2, $0, 0, o.scale, o.offset, o.shift, o.p, o.q, o.r, flag, pixels, channels, $0)
        }
        return (inDy, inAdd)
      }
      let (inDy, inAdd) = second ? o.dy2.withUnsafeBufferPointer { run($0.baseAddress) } : run(nil)
      let centred: (Int) -> Double = { Double(o.x[$0]) - Double(o.shift[$0 % o.channels]) }
      let dz: (Int) -> Double = { o.dz($0, second: second, relu: relu) }
      #expect(worst(sum, o.sums(dz), relative: 2e-6, absolute: 1e-4) <= 1)
      #expect(worst(products, o.sums { dz($0) * centred($0) }, relative: 2e-6, absolute: 1e-4) <= 1)
      let expected = o.x.indices.map { i -> Double in
        let c = i % o.channels
        return dz(i) * Double(o.p[c]) + centred(i) * Double(o.q[c]) + Double(o.r[c])
      }
      #expect(worst(inDy, expected, relative: 1e-6, absolute: 1e-6) <= 1)
      let added = zip(expected, o.add).map { $0 + Double($1) }
      #expect(worst(inAdd, added, relative: 1e-6, absolute: 1e-6) <= 1)
    }
  }

  /// Sums about a shift near the values keep a variance that is 1e-6 of the square of the mean.
  @Test(arguments: instructionSets)
  func theShiftSavesTheVariance(isa: Int32) {
    var numbers = Numbers()
    let x = numbers.array(10_000 * 16, 999, 1001)
    let shift = [Float](repeating: 1000, count: 16)
    var sum = shift
    var squares = shift
    kernels(isa).channel_sums(x, 0, shift, 10_000, 16, &sum, &squares)
    var expected = [Double](repeating: 0, count: 16)
    for i in x.indices {
      let centred = Double(x[i]) - 1000
      expected[i % 16] += centred * centred
    }
    #expect(worst(squares, expected, relative: 1e-6, absolute: 0) <= 1)
  }
}
