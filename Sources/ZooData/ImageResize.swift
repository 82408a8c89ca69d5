import CZooKernels

/// How a resize weighs the pixels around a point.
public enum ResizeFilter: String, Sendable, CaseIterable {
  /// Triangle, support 1.
  case bilinear
  /// Cubic convolution with a = -0.5, support 2.
  case bicubic
  /// Windowed sinc, support 3.
  case lanczos
  /// Between the four nearest pixels, however much the image shrinks: as `tf.image.resize`, with half-pixel centres.
  case bilinearNoAntialias = "bilinear-no-antialias"

  var support: Double {
    switch self {
    case .bilinear, .bilinearNoAntialias: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  func weight(_ offset: Double) -> Double {
    let x = abs(offset)
    guard x < support else { return 0 }
    switch self {
    case .bilinear, .bilinearNoAntialias: return 1 - x
    case .bicubic:
      let a = -0.5
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return (((x - 5) * x + 8) * x - 4) * a
    case .lanczos: return sinc(x) * sinc(x / 3)
    }
  }

  private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sine(Double.pi * x) / (Double.pi * x)
  }
}

/// The fixed-point weights of one pass: output i reads `counts[i]` inputs from `starts[i]` on.
struct ResampleWeights {
  /// Room for 8 bits of pixel and 2 of overshoot in 32.
  static let fractionBits = 22

  let taps: Int
  private(set) var starts: [Int32]
  private(set) var counts: [Int32]
  private(set) var weights: [Int32]

  /// As Pillow computes them: pixel centres at half-integers; a filter widened by the scale when
  /// shrinking (antialiasing); weights normalised in double, then rounded half away from zero. A filter that is never
  /// widened leaves the edges to the pixels that are there, which amounts to repeating them.
  init(from size: Int, to newSize: Int, filter: ResizeFilter) {
    let scale = Double(size) / Double(newSize)
    let stretch = filter == .bilinearNoAntialias ? 1 : max(scale, 1)
    let support = filter.support * stretch
    taps = Int(support.rounded(.up)) * 2 + 1
    starts = []
    counts = []
    weights = [Int32](repeating: 0, count: taps * newSize)
    var row = [Double](repeating: 0, count: taps)
    for i in 0..<newSize {
      let centre = (Double(i) + 0.5) * scale
      let first = max(Int(centre - support + 0.5), 0)
      let count = min(Int(centre + support + 0.5), size) - first
      var sum = 0.0
      for t in 0..<count {
        row[t] = filter.weight((Double(t + first) - centre + 0.5) * (1 / stretch))
        sum += row[t]
      }
      for t in 0..<count {
        let weight = sum == 0 ? row[t] : row[t] / sum
        let scaled = weight * Double(1 << ResampleWeights.fractionBits)
        weights[i * taps + t] = Int32(scaled + (weight < 0 ? -0.5 : 0.5))
      }
      starts.append(Int32(first))
      counts.append(Int32(count))
    }
  }
}

extension Image {
  /// The image at another size, the aspect ratio not kept: bit for bit what Pillow's `resize` gives, that
  /// is antialiased when shrinking, columns first and rows after, with rounding to 8 bits between.
  ///
  /// - Throws: `DataError.imageSize` when the new size is not positive or over the limits.
  public func resized(height newHeight: Int, width newWidth: Int, filter: ResizeFilter) throws -> Image {
    try Image.checkSize(width: newWidth, height: newHeight, origin: "resize")
    var image = self
    if newWidth != width { image = image.resampledHorizontally(newWidth, filter) }
    if newHeight != height { image = image.resampledVertically(newHeight, filter) }
    return image
  }

  private func resampledHorizontally(_ newWidth: Int, _ filter: ResizeFilter) -> Image {
    let plan = ResampleWeights(from: width, to: newWidth, filter: filter)
    let count = 3 * newWidth * height
    let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16 * width) { scratch in
        zoo_resample_horizontal(
          pixels, Int32(width), Int32(height), buffer.baseAddress, Int32(newWidth), plan.starts,
          plan.counts, plan.weights, Int32(plan.taps), scratch.baseAddress)
      }
      filled = count
    }
    return Image(checkedWidth: newWidth, height: height, pixels: out)
  }

  private func resampledVertically(_ newHeight: Int, _ filter: ResizeFilter) -> Image {
    let plan = ResampleWeights(from: height, to: newHeight, filter: filter)
    let count = 3 * width * newHeight
    let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      zoo_resample_vertical(
        pixels, Int32(width), buffer.baseAddress, Int32(newHeight), plan.starts, plan.counts,
        plan.weights, Int32(plan.taps))
      filled = count
    }
    return Image(checkedWidth: width, height: newHeight, pixels: out)
  }
}
