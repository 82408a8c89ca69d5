import CZooKernels
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Kernels over bfloat16 beside those over float32, which have references of their own.
@Suite("Kernels: bfloat16 where it lies")
struct KernelsNarrowTests {
  private func halves(_ x: [Float]) -> [UInt16] {
    var y = [UInt16](repeating: 0, count: x.count)
    kernels(0).to_bfloat16(x, &y, Int64(x.count))
    return y
  }

  private func floats(_ x: [UInt16]) -> [Float] { x.map { Float(bitPattern: UInt32($0) << 16) } }

  /// |a - b| / |b| over all elements.
  private func difference(_ a: [Float], _ b: [Float]) -> Double {
    let (square, size) = zip(a, b).reduce((0.0, 0.0)) { sum, pair in
      let d = Double(pair.0) - Double(pair.1)
      return (sum.0 + d * d, sum.1 + Double(pair.1) * Double(pair.1))
    }
    return (square / max(size, 1e-30)).squareRoot()
  }

  static let shapes = [(1, 16), (2, 16), (5, 32), (6, 64), (16, 48), (17, 80), (97, 64), (101, 16), (197, 64), (257, 80)]

  /// Rounding to 8 bits is within 2⁻⁹; probabilities, results and sums over tokens add to it.
  @Test(arguments: instructionSets, shapes.indices)
  func attentionAgreesWithFloat32(isa: Int32, index: Int) throws {
    guard let narrow = kernels(isa).attention_narrow, let narrowGradient = kernels(isa).attention_gradient_narrow
    else { return }
    let (n, d) = Self.shapes[index]
    let (stride, outStride) = (3 * d + 16, d + 16)
    var numbers = Numbers()
    let qkv = halves(numbers.array(n * stride, -2, 2))
    let dOut = halves(numbers.array(n * outStride))
    let (wide, wideOut) = (floats(qkv), floats(dOut))
    let scale = 1 / Float(d).squareRoot()
    let (tokens, width) = (Int64(n), Int64(d))
    var scratch = [Float](repeating: .nan, count: Int(kernels(isa).attention_scratch(tokens, width)))
    var larger = [Float](repeating: .nan, count: Int(kernels(isa).attention_gradient_scratch(tokens, width)))

    var (out, lse) = ([UInt16](repeating: 7, count: n * outStride), [Float](repeating: .nan, count: n))
    var gradient = [UInt16](repeating: 7, count: n * stride)
    var (expected, expectedSums) = ([Float](repeating: 0, count: n * outStride), lse)
    var expectedGradient = [Float](repeating: 0, count: n * stride)
    wide.withUnsafeBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return }
      kernels(0).attention(
        x, x + d, x + 2 * d, Int64(stride), tokens, width, scale, &expected, Int64(outStride), &expectedSums, &scratch)
      expectedGradient.withUnsafeMutableBufferPointer { target in
        guard let dx = target.baseAddress else { return }
        kernels(0).attention_gradient(
          x, x + d, x + 2 * d, Int64(stride), expected, wideOut, Int64(outStride), expectedSums, tokens, width, scale,
          dx, dx + d, dx + 2 * d, &larger)
      }
    }
    for place in scratch.indices { scratch[place] = .nan }
    for place in larger.indices { larger[place] = .nan }
    qkv.withUnsafeBufferPointer { buffer in
      guard let x = buffer.baseAddress else { return }
      narrow(x, x + d, x + 2 * d, Int64(stride), tokens, width, scale, &out, Int64(outStride), &lse, &scratch)
      gradient.withUnsafeMutableBufferPointer { target in
        guard let dx = target.baseAddress else { return }
        narrowGradient(
          x, x + d, x + 2 * d, Int64(stride), out, dOut, Int64(outStride), lse, tokens, width, scale, dx, dx + d,
          dx + 2 * d, &larger)
      }
    }
    func rows(_ x: [Float], _ first: Int, _ stride: Int) -> [Float] {
      (0..<n * d).map { x[$0 / d * stride + first + $0 % d] }
    }
    #expect(difference(rows(floats(out), 0, outStride), rows(expected, 0, outStride)) < 0.01)
    #expect(worst(lse, expectedSums.doubles, relative: 1e-5, absolute: 1e-5) <= 1)
    for first in [0, d, 2 * d] where n > 1 || first == 2 * d {
      #expect(difference(rows(floats(gradient), first, stride), rows(expectedGradient, first, stride)) < 0.02)
    }
    // The gaps between the rows belong to others.
    for row in 0..<n {
      #expect(out[(row * outStride + d)..<((row + 1) * outStride)].allSatisfy { $0 == 7 })
      #expect(gradient[(row * stride + 3 * d)..<((row + 1) * stride)].allSatisfy { $0 == 7 })
    }
  }

  /// What is read narrow is exact, so the sums are those of float32; what is written narrow is its rounding.
  @Test(arguments: instructionSets, [(1, 5), (7, 16), (33, 64), (40, 83)])
  func channelsAgreeWithFloat32(isa: Int32, shape: (pixels: Int, channels: Int)) {
    let (pixels, channels) = (Int64(shape.pixels), Int64(shape.channels))
    let count = shape.pixels * shape.channels
    var numbers = Numbers()
    let (x, dy, add) = (halves(numbers.array(count)), halves(numbers.array(count)), halves(numbers.array(count)))
    let (scale, offset, shift) = (
      numbers.array(shape.channels), numbers.array(shape.channels), numbers.array(shape.channels)
    )
    let all = Int32(ZOO_NARROW_X | ZOO_NARROW_DY | ZOO_NARROW_ADD | ZOO_NARROW_RESULT)
    let table = kernels(isa)
    func two() -> ([Float], [Float]) {
      ([Float](repeating: .nan, count: shape.channels), [Float](repeating: .nan, count: shape.channels))
    }
    var (sum, squares) = two()
    var (wideSum, wideSquares) = two()
    table.channel_sums(x, Int32(ZOO_NARROW_X), shift, pixels, channels, &sum, &squares)
    table.channel_sums(floats(x), 0, shift, pixels, channels, &wideSum, &wideSquares)
    #expect(sum == wideSum && squares == wideSquares)
    (sum, squares) = two()
    table.channel_gradient_sums(
      x, dy, nil, all, scale, offset, shift, 1, pixels, channels, &sum, &squares)
    table.channel_gradient_sums(
      floats(x), floats(dy), nil, 0, scale, offset, shift, 1, pixels, channels, &wideSum, &wideSquares)
    #expect(sum == wideSum && squares == wideSquares)

    var (y, wide) = ([UInt16](repeating: 0, count: count), [Float](repeating: 0, count: count))
    table.channel_affine(x, all, scale, offset, 1, pixels, channels, &y)
    table.channel_affine(floats(x), 0, scale, offset, 1, pixels, channels, &wide)
    #expect(y == halves(wide))
    table.channel_gradient_apply(
      x, dy, nil, add, all, scale, offset, shift, scale, offset, shift, 1, pixels, channels, &y)
    table.channel_gradient_apply(
      floats(x), floats(dy), nil, floats(add), 0, scale, offset, shift, scale, offset, shift, 1, pixels, channels, &wide)
    #expect(y == halves(wide))
    // One operand narrow and the others not.
    table.channel_affine(floats(x), Int32(ZOO_NARROW_RESULT), scale, offset, 1, pixels, channels, &y)
    table.channel_affine(floats(x), 0, scale, offset, 1, pixels, channels, &wide)
    #expect(y == halves(wide))

    var (narrowColumns, columns) = (
      [Float](repeating: 1, count: shape.channels), [Float](repeating: 1, count: shape.channels)
    )
    table.column_sums(x, Int32(ZOO_NARROW_X), pixels, channels, &narrowColumns)
    table.column_sums(floats(x), 0, pixels, channels, &columns)
    #expect(narrowColumns == columns)
  }
}
