import CZooKernels
import Testing

@Suite("Kernels: pooling and columns")
struct KernelsImageTests {
  struct Geometry: Sendable, CustomTestStringConvertible {
    let height, width, channels, kernel, stride, pad: Int
    var testDescription: String {
      "\(height)x\(width)x\(channels) window \(kernel) stride \(stride) pad \(pad)"
    }
    var outHeight: Int { (height + 2 * pad - kernel) / stride + 1 }
    var outWidth: Int { (width + 2 * pad - kernel) / stride + 1 }

    /// Offset of channel 0 of a window's element, nil in the border.
    func offset(_ row: Int, _ column: Int, _ ky: Int, _ kx: Int) -> Int? {
      let y = row * stride - pad + ky
      let x = column * stride - pad + kx
      return y >= 0 && y < height && x >= 0 && x < width ? (y * width + x) * channels : nil
    }
  }

  static let geometries: [Geometry] = [
    .init(height: 1, width: 1, channels: 1, kernel: 1, stride: 1, pad: 0),
    .init(height: 5, width: 7, channels: 3, kernel: 3, stride: 2, pad: 1),
    .init(height: 8, width: 6, channels: 16, kernel: 3, stride: 2, pad: 1),
    .init(height: 9, width: 9, channels: 37, kernel: 3, stride: 1, pad: 1),
    .init(height: 8, width: 8, channels: 20, kernel: 2, stride: 2, pad: 0),
    .init(height: 11, width: 13, channels: 3, kernel: 7, stride: 2, pad: 3),
    .init(height: 2, width: 3, channels: 4, kernel: 5, stride: 1, pad: 2),
    .init(height: 32, width: 32, channels: 3, kernel: 16, stride: 16, pad: 0),
  ]

  /// Values of a coarse grid: equal largest elements, and zeros that tie with the border, occur.
  func image(_ g: Geometry) -> [Float] {
    var numbers = Numbers()
    return (0..<g.height * g.width * g.channels).map { _ in (numbers.uniform() * 3).rounded() }
  }

  @Test(arguments: instructionSets, geometries)
  func maxPoolAndItsGradient(isa: Int32, g: Geometry) {
    var numbers = Numbers()
    let x = image(g)
    let count = g.outHeight * g.outWidth * g.channels
    let dy = numbers.array(count)
    var expected = [Float](repeating: 0, count: count)
    var gradient = [Double](repeating: 0, count: x.count)
    for i in 0..<count {
      let c = i % g.channels
      let (row, column) = (i / g.channels / g.outWidth, i / g.channels % g.outWidth)
      var best = -Float.infinity
      var winner: Int?
      for k in 0..<g.kernel * g.kernel {
        let place = g.offset(row, column, k / g.kernel, k % g.kernel).map { $0 + c }
        let value = place.map { x[$0] } ?? 0
        if value > best { (best, winner) = (value, place) }
      }
      expected[i] = best
      if let winner { gradient[winner] += Double(dy[i]) }
    }
    // In two parts: rows may be split anywhere.
    let half = g.outHeight / 2
    var y = [Float](repeating: .nan, count: count)
    y.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for (begin, end) in [(0, half), (half, g.outHeight)] {
        kernels(isa).max_pool(
          x, 0, Int64(g.height), Int64(g.width), Int64(g.channels), Int64(g.kernel), Int64(g.stride),
            Int64(g.pad),
          Int64(g.outWidth), Int64(begin), Int64(end), base + begin * g.outWidth * g.channels)
      }
    }
    #expect(y == expected)
    var dx = [Float](repeating: .nan, count: x.count)
    kernels(isa).max_pool_gradient(
      x, dy, 0, Int64(g.height), Int64(g.width), Int64(g.channels), Int64(g.kernel), Int64(g.stride),
        Int64(g.pad),
      Int64(g.outHeight), Int64(g.outWidth), &dx)
    #expect(worst(dx, gradient, relative: 1e-6, absolute: 1e-6) <= 1)
  }

  @Test(arguments: instructionSets, geometries)
  func columnsAndTheirAdjoint(isa: Int32, g: Geometry) {
    var numbers = Numbers()
    let x = numbers.array(g.height * g.width * g.channels)
    let depth = g.kernel * g.kernel * g.channels
    let begin = g.outHeight > 1 ? 1 : 0
    let rows = (g.outHeight - begin) * g.outWidth
    let start = numbers.array(x.count)
    let columns = numbers.array(rows * depth)
    var expected = [Float](repeating: 0, count: rows * depth)
    var adjoint = start.doubles
    for row in 0..<rows {
      for k in 0..<g.kernel * g.kernel {
        let at = g.offset(begin + row / g.outWidth, row % g.outWidth, k / g.kernel, k % g.kernel)
        guard let at else { continue }
        for c in 0..<g.channels {
          expected[row * depth + k * g.channels + c] = x[at + c]
          adjoint[at + c] += Double(columns[row * depth + k * g.channels + c])
        }
      }
    }
    let (height, width, channels) = (Int64(g.height), Int64(g.width), Int64(g.channels))
    let (kernel, stride, pad) = (Int64(g.kernel), Int64(g.stride), Int64(g.pad))
    let (outWidth, first, last) = (Int64(g.outWidth), Int64(begin), Int64(g.outHeight))
    // One element more than is due: it must stay as it is.
    var y = [Float](repeating: .nan, count: rows * depth) + [7]
    kernels(isa).image_to_columns(
      x, height, width, channels, kernel, kernel, stride, pad, pad, outWidth, first, last, &y)
    #expect(y == expected + [7])
    var dx = start
    kernels(isa).columns_to_image(
      columns, height, width, channels, kernel, kernel, stride, pad, pad, outWidth, first, last, &dx)
    #expect(worst(dx, adjoint, relative: 1e-6, absolute: 1e-5) <= 1)
  }
}
