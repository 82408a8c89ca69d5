import CZooKernels

// Changes of colour and place that keep an image's size. Blends are Pillow's: `other + factor * (image - other)`, cut
// off to whole numbers.
extension Image {
  /// Every channel's values by a function of channel and value.
  func mapped(_ value: (_ channel: Int, _ value: Int) -> Int) -> Image {
    let table = (0..<768).map { UInt8(clamping: value($0 >> 8, $0 & 255)) }
    return changed { zoo_image_lookup(pixels, width * height, table, $0) }
  }

  /// Blended with black: 0 black, 1 as it is.
  public func brightened(_ factor: Double) -> Image {
    mapped { _, value in Int(min(255, Double(value) * factor)) }
  }

  /// Blended with the mean of its grey: 0 all grey, 1 as it is.
  public func contrasted(_ factor: Double) -> Image {
    let count = width * height
    let mean = Double((2 * Int(zoo_image_grey_sum(pixels, count)) + count) / (2 * count))
    return mapped { _, value in Int(max(0, min(255, mean + factor * (Double(value) - mean)))) }
  }

  /// Blended with its grey: 0 grey, 1 as it is.
  public func saturated(_ factor: Double) -> Image {
    changed { zoo_image_saturate(pixels, width * height, Float(factor), $0) }
  }

  /// Blended with itself smoothed: 0 smooth, 1 as it is, more is sharper.
  public func sharpened(_ factor: Double) -> Image {
    changed { zoo_image_sharpen(pixels, Int32(width), Int32(height), Float(factor), $0) }
  }

  /// Its hue turned by a part of the circle.
  public func hueTurned(_ turns: Double) -> Image {
    changed { zoo_image_turn_hue(pixels, width * height, Float(turns), $0) }
  }

  /// Each channel stretched so that its least value is 0 and its greatest 255.
  public func autoContrasted() -> Image {
    let counts = histogram()
    let ranges = (0..<3).map { channel in
      let used = (0..<256).filter { counts[256 * channel + $0] > 0 }
      return (used.first ?? 0, used.last ?? 255)
    }
    return mapped { channel, value in
      let (low, high) = ranges[channel]
      guard high > low else { return value }
      let scale = 255 / Double(high - low)
      return Int(max(0, min(255, Double(value) * scale - Double(low) * scale)))
    }
  }

  /// Each channel's values spread so that about as many pixels have each.
  public func equalized() -> Image {
    let counts = histogram()
    var table = Array(0..<768)
    for channel in 0..<3 {
      let own = counts[256 * channel..<256 * (channel + 1)]
      let step = (width * height - Int(own.last { $0 > 0 } ?? 0)) / 255
      guard step > 0 else { continue }
      var below = step / 2
      for value in 0..<256 {
        table[256 * channel + value] = below / step
        below += Int(counts[256 * channel + value])
      }
    }
    return mapped { channel, value in min(255, table[256 * channel + value]) }
  }

  /// Pixel (x, y) from `matrix * (x, y, 1)`, the nearest; `fill` from outside.
  func moved(_ matrix: [Double], fill: [UInt8]) -> Image {
    changed { zoo_image_affine(pixels, Int32(width), Int32(height), matrix, fill, $0) }
  }

  /// One colour over a part that lies inside.
  func filled(_ part: Part, with fill: [UInt8]) -> Image {
    var pixels = self.pixels
    zoo_image_fill(
      &pixels, Int32(width), Int32(part.top), Int32(part.left), Int32(part.height), Int32(part.width), fill)
    return Image(checkedWidth: width, height: height, pixels: pixels)
  }

  private func histogram() -> [Int64] {
    var counts = [Int64](repeating: 0, count: 768)
    zoo_image_histogram(pixels, width * height, &counts)
    return counts
  }

  private func changed(_ body: (UnsafeMutablePointer<UInt8>?) -> Void) -> Image {
    let out = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, filled in
      body(buffer.baseAddress)
      filled = pixels.count
    }
    return Image(checkedWidth: width, height: height, pixels: out)
  }
}
