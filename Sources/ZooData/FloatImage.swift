/// Numbers that are taken as already normalised: [height, width, channels]. Cropping and flipping work on
/// them as on pixels; resizing does not, because it is defined on 8-bit pixels.
struct FloatImage {
  var height: Int
  var width: Int
  var channels: Int
  var values: [Float]

  mutating func crop(top: Int, left: Int, height newHeight: Int, width newWidth: Int) {
    if newHeight == height && newWidth == width { return }
    var part: [Float] = []
    part.reserveCapacity(newHeight * newWidth * channels)
    for y in top..<top + newHeight {
      let start = (y * width + left) * channels
      part.append(contentsOf: values[start..<start + newWidth * channels])
    }
    (height, width, values) = (newHeight, newWidth, part)
  }

  /// 0, the mean, over a part that lies inside.
  mutating func clear(_ part: Part) {
    for y in part.top..<part.top + part.height {
      let start = (y * width + part.left) * channels
      for i in start..<start + part.width * channels { values[i] = 0 }
    }
  }

  mutating func flip() {
    for y in 0..<height {
      for x in 0..<width / 2 {
        for c in 0..<channels {
          values.swapAt(
            (y * width + x) * channels + c, (y * width + width - 1 - x) * channels + c)
        }
      }
    }
  }
}

extension Transform {
  /// Steps without normalising; one channel is repeated to three.
  func apply(
    _ source: FloatImage, random: CounterRandom, origin: String,
    into target: UnsafeMutableBufferPointer<Float>
  ) throws {
    var image = source
    for (number, step) in steps.enumerated() {
      var draws = random.split(UInt64(number))
      try step.apply(&image, &draws, origin)
    }
    guard image.height == height, image.width == width else {
      throw DataError.transformSize(
        origin: origin, found: "\(image.width) x \(image.height)", wanted: "\(width) x \(height)")
    }
    guard target.count >= valueCount, image.values.count == height * width * image.channels else {
      return
    }
    switch image.channels {
    case 3: _ = target.update(fromContentsOf: image.values)
    default:
      for (at, value) in image.values.enumerated() {
        for c in 0..<3 { target[3 * at + c] = value }
      }
    }
  }
}

extension TransformStep {
  func apply(_ image: inout FloatImage, _ random: inout CounterRandom, _ origin: String) throws {
    func refuseUnless(_ height: Int, _ width: Int) throws {
      guard image.height == height, image.width == width else {
        throw DataError.resizeOfTensor(
          origin: origin, found: "\(image.width) x \(image.height)", wanted: "\(width) x \(height)")
      }
    }
    switch self {
    case .resize(let height, let width, _): try refuseUnless(height, width)
    case .randomResizedCrop(let height, let width, _, _, _): try refuseUnless(height, width)
    case .resizeShortSide(let size, _):
      guard min(image.height, image.width) != size else { return }
      try refuseUnless(size, size)
    case .crop(let height, let width, let position):
      guard height <= image.height, width <= image.width else {
        throw DataError.cropTooLarge(
          origin: origin, height: height, width: width, imageHeight: image.height,
          imageWidth: image.width)
      }
      let (top, left) = cropCorner(
        position, spareRows: image.height - height, spareColumns: image.width - width, &random)
      image.crop(top: top, left: left, height: height, width: width)
    case .flip(let probability):
      if random.chance(probability) { image.flip() }
    case .randomErasing(let probability, let area, let aspect):
      guard random.chance(probability),
        let part = erasedPart(height: image.height, width: image.width, area: area, aspect: aspect, &random)
      else { return }
      image.clear(part)
    case .colorJitter: throw DataError.stepOfTensor(origin: origin, step: "colour jitter")
    case .randAugment: throw DataError.stepOfTensor(origin: origin, step: "RandAugment")
    }
  }
}
