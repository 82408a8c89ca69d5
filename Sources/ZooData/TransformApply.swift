import CZooKernels

extension Transform {
  /// The image after the steps, before normalising.
  ///
  /// - Parameters:
  ///   - random: the example's own generator; step i draws from `random.split(i)`, so that a step more
  ///     or less leaves the draws of the steps before it alone.
  ///   - origin: the file's name for error messages.
  public func image(_ image: Image, random: CounterRandom, origin: String) throws -> Image {
    let (image, mirrored) = try applySteps(image, random, origin)
    return mirrored ? image.flipped() : image
  }

  /// A flip at the end is left for the pass that normalises, where it costs nothing.
  private func applySteps(
    _ source: Image, _ random: CounterRandom, _ origin: String
  ) throws -> (image: Image, mirrored: Bool) {
    var image = source
    var mirrored = false
    for (number, step) in steps.enumerated() {
      var draws = random.split(UInt64(number))
      if case .flip(let probability) = step, number == steps.count - 1 {
        mirrored = draws.chance(probability)
      } else {
        image = try step.apply(image, &draws, origin, fill: meanPixel)
      }
    }
    guard image.height == height, image.width == width else {
      throw DataError.transformSize(
        origin: origin, found: "\(image.width) x \(image.height)", wanted: "\(width) x \(height)")
    }
    return (image, mirrored)
  }

  /// Steps and normalising: `valueCount` floats, [height, width, 3].
  public func values(_ image: Image, random: CounterRandom, origin: String) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: valueCount) { buffer, filled in
      try apply(image, random: random, origin: origin, into: buffer)
      filled = valueCount
    }
  }

  /// Writes steps and normalising into `target`, which must hold `valueCount` floats.
  func apply(
    _ image: Image, random: CounterRandom, origin: String, into target: UnsafeMutableBufferPointer<Float>
  ) throws {
    let (image, mirrored) = try applySteps(image, random, origin)
    guard target.count >= valueCount else { return }
    zoo_image_normalise(
      image.pixels, Int32(width), Int32(height), table, mirrored ? 1 : 0, target.baseAddress)
  }
}

extension TransformStep {
  /// - Parameter fill: the colour of what is erased.
  func apply(_ image: Image, _ random: inout CounterRandom, _ origin: String, fill: [UInt8]) throws -> Image {
    switch self {
    case .resize(let height, let width, let filter):
      return try image.resized(height: height, width: width, filter: filter)
    case .resizeShortSide(let size, let filter):
      let short = min(image.width, image.height)
      let height = image.height == short ? size : size * image.height / short
      let width = image.width == short ? size : size * image.width / short
      try Image.checkSize(width: width, height: height, origin: origin)
      return try image.resized(height: height, width: width, filter: filter)
    case .crop(let height, let width, let position):
      guard height <= image.height, width <= image.width else {
        throw DataError.cropTooLarge(
          origin: origin, height: height, width: width, imageHeight: image.height,
          imageWidth: image.width)
      }
      let (top, left) = cropCorner(
        position, spareRows: image.height - height, spareColumns: image.width - width, &random)
      return try image.cropped(top: top, left: left, height: height, width: width)
    case .randomResizedCrop(let height, let width, let area, let aspect, let filter):
      let part = inceptionCrop(
        height: image.height, width: image.width, area: area, aspect: aspect, &random)
      return try image.cropped(top: part.top, left: part.left, height: part.height, width: part.width)
        .resized(height: height, width: width, filter: filter)
    case .flip(let probability):
      return random.chance(probability) ? image.flipped() : image
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      return image.colorJittered(
        brightness: brightness, contrast: contrast, saturation: saturation, hue: hue, &random)
    case .randAugment(let layers, let magnitude):
      var image = image
      let operations = RandAugmentOperation.allCases
      for _ in 0..<layers {
        let operation = operations[random.integer(below: operations.count)]
        image = operation.apply(image, magnitude: magnitude, &random)
      }
      return image
    case .randomErasing(let probability, let area, let aspect):
      guard random.chance(probability),
        let part = erasedPart(height: image.height, width: image.width, area: area, aspect: aspect, &random)
      else { return image }
      return image.filled(part, with: fill)
    }
  }
}

extension Transform {
  /// By how much an image of this size may be decoded smaller (1, 2, 4 or 8): so that the first step still shrinks it.
  ///
  /// - Parameter random: the example's own generator. A crop's corners are drawn from the stored size here and from the
  ///   decoded one when the steps are applied; the same draws make it the same part, to within rounding.
  func reduction(height: Int, width: Int, random: CounterRandom) -> Int {
    guard scaledDecoding, let first = steps.first else { return 1 }
    let enough: (Int) -> Bool
    switch first {
    case .resize(let high, let wide, _): enough = { height >= $0 * high && width >= $0 * wide }
    case .resizeShortSide(let size, _): enough = { min(height, width) >= $0 * size }
    case .randomResizedCrop(let high, let wide, let area, let aspect, _):
      var draws = random.split(0)
      let part = inceptionCrop(height: height, width: width, area: area, aspect: aspect, &draws)
      enough = { part.height >= $0 * high && part.width >= $0 * wide }
    default: return 1
    }
    return [8, 4, 2].first(where: enough) ?? 1
  }
}

func cropCorner(
  _ position: CropPosition, spareRows: Int, spareColumns: Int, _ random: inout CounterRandom
) -> (top: Int, left: Int) {
  switch position {
  case .random:
    let top = random.integer(below: spareRows + 1)
    return (top, random.integer(below: spareColumns + 1))
  case .center:
    return (halfToEven(spareRows), halfToEven(spareColumns))
  }
}

private func halfToEven(_ value: Int) -> Int { Int((Double(value) / 2).rounded(.toNearestOrEven)) }

/// A part of an image.
struct Part: Equatable {
  let top, left, height, width: Int
}

/// A part with a share of the area and an aspect ratio, drawn up to ten times until one fits; nil where none does.
///
/// - Parameters:
///   - largest: the height and the width that a part may have.
///   - isTall: whether the aspect ratio is height by width, and not width by height.
func drawnPart(
  height: Int, width: Int, largest: (height: Int, width: Int), area: ClosedRange<Double>, aspect: ClosedRange<Double>,
  isTall: Bool, _ random: inout CounterRandom
) -> Part? {
  let whole = Double(height) * Double(width)
  let lowest = naturalLogarithm(aspect.lowerBound)
  let span = naturalLogarithm(aspect.upperBound) - lowest
  for _ in 0..<10 {
    let share = area.lowerBound + (area.upperBound - area.lowerBound) * random.uniform()
    let ratio = exponential(lowest + span * random.uniform())
    // Doubles first: an extreme aspect ratio must not overflow an integer.
    let (long, short) = ((whole * share * ratio).squareRoot().rounded(), (whole * share / ratio).squareRoot().rounded())
    let (high, wide) = isTall ? (long, short) : (short, long)
    guard high >= 1, wide >= 1, high <= Double(largest.height), wide <= Double(largest.width) else { continue }
    let (top, left) = cropCorner(.random, spareRows: height - Int(high), spareColumns: width - Int(wide), &random)
    return Part(top: top, left: left, height: Int(high), width: Int(wide))
  }
  return nil
}

/// The part of a random resized crop: one that is drawn, or else the largest in the middle with an aspect ratio of the range.
func inceptionCrop(
  height: Int, width: Int, area: ClosedRange<Double>, aspect: ClosedRange<Double>,
  _ random: inout CounterRandom
) -> Part {
  let drawn = drawnPart(
    height: height, width: width, largest: (height, width), area: area, aspect: aspect, isTall: false, &random)
  if let drawn { return drawn }
  var (high, wide) = (height, width)
  let ratio = Double(width) / Double(height)
  if ratio < aspect.lowerBound {
    high = max(1, Int((Double(width) / aspect.lowerBound).rounded()))
  } else if ratio > aspect.upperBound {
    wide = max(1, Int((Double(height) * aspect.upperBound).rounded()))
  }
  return Part(top: (height - high) / 2, left: (width - wide) / 2, height: high, width: wide)
}
