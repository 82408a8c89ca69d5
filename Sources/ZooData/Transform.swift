/// Where a crop is taken.
public enum CropPosition: String, Sendable, CaseIterable {
  /// Anywhere inside, each position equally likely.
  case random
  /// The middle, rounded as torchvision does (half to even).
  case center
}

/// One step from an image as stored to an image as a model sees it.
public enum TransformStep: Sendable, Equatable {
  /// To `height` x `width`, the aspect ratio not kept.
  case resize(height: Int, width: Int, filter: ResizeFilter)
  /// The shorter side to `size`, the longer one in proportion (rounded down).
  case resizeShortSide(size: Int, filter: ResizeFilter)
  /// A part of `height` x `width`; an image with a shorter side is an error.
  case crop(height: Int, width: Int, position: CropPosition)
  /// A random part of the given share of the area and the given aspect ratio (width / height, drawn
  /// uniformly in the logarithm), resized to `height` x `width`: the Inception crop. After ten draws that
  /// do not fit, the largest middle part within the aspect range.
  case randomResizedCrop(
    height: Int, width: Int, area: ClosedRange<Double>, aspect: ClosedRange<Double>,
    filter: ResizeFilter)
  /// Mirrored left to right with this probability.
  case flip(probability: Double)
  /// As torchvision's ColorJitter: factors within 1 ± brightness, contrast and saturation, the hue turned by up to ± a part
  /// of the circle (at most 0.5), in random order.
  case colorJitter(brightness: Double, contrast: Double, saturation: Double, hue: Double)
  /// So many operations of RandAugment's sixteen, at this magnitude (10 is an operation's full range); see
  /// `RandAugmentOperation`.
  case randAugment(layers: Int, magnitude: Double)
  /// With this probability, a part of the given share of the area and the given aspect ratio becomes the mean colour.
  case randomErasing(probability: Double, area: ClosedRange<Double>, aspect: ClosedRange<Double>)
}

/// For what examples are prepared.
public enum Phase: String, Sendable {
  case train, evaluate
}

/// Everything between a decoded image and the numbers a model takes: steps, then
/// `(pixel / 255 - mean) / deviation` for each channel, as float32 in rows of interleaved channels.
public struct Transform: Sendable, Equatable {
  public let steps: [TransformStep]
  /// The size that every image must have after the steps.
  public let height: Int
  public let width: Int
  /// For red, green and blue, on the scale [0, 1].
  public let mean: [Float]
  public let deviation: [Float]
  /// Whether a JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that is still enough for the first step. Quicker, and
  /// other pixels.
  public let scaledDecoding: Bool
  /// The mean as a pixel.
  let meanPixel: [UInt8]
  /// Normalised value of byte b of channel c at 256 c + b.
  let table: [Float]

  /// - Throws: `DataError.transformOption` for a size, probability, range, mean or deviation that makes
  ///   no sense.
  public init(
    steps: [TransformStep], height: Int, width: Int, mean: [Float] = [0.5, 0.5, 0.5],
    deviation: [Float] = [0.5, 0.5, 0.5], scaledDecoding: Bool = false
  ) throws {
    try checkSize("output size", height, width)
    for step in steps { try step.check() }
    guard mean.count == 3, mean.allSatisfy(\.isFinite) else {
      throw DataError.transformOption("mean must be three finite numbers, not \(mean)")
    }
    guard deviation.count == 3, deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw DataError.transformOption("deviation must be three positive numbers, not \(deviation)")
    }
    self.steps = steps
    self.height = height
    self.width = width
    self.mean = mean
    self.deviation = deviation
    self.scaledDecoding = scaledDecoding
    meanPixel = mean.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
    table = (0..<768).map { (Float($0 & 255) / 255 - mean[$0 >> 8]) / deviation[$0 >> 8] }
  }

  /// A resize to a square of `size`, and for training a flip with probability one half.
  public static func standard(
    _ phase: Phase, size: Int, filter: ResizeFilter = .bilinear
  ) throws -> Transform {
    let resize = TransformStep.resize(height: size, width: size, filter: filter)
    let steps = phase == .train ? [resize, .flip(probability: 0.5)] : [resize]
    return try Transform(steps: steps, height: size, width: size)
  }

  /// Number of floats of one example: `height * width * 3`.
  public var valueCount: Int { height * width * 3 }
}

private func checkSize(_ what: String, _ height: Int, _ width: Int) throws {
  guard height > 0, width > 0, height <= Image.maximumSide, width <= Image.maximumSide,
    height * width <= Image.maximumPixels
  else {
    throw DataError.transformOption(
      "\(what) of \(width) x \(height); sides must be 1 to \(Image.maximumSide)")
  }
}

extension TransformStep {
  /// Whether an image comes out differently from epoch to epoch.
  public var isRandom: Bool {
    switch self {
    case .resize, .resizeShortSide: false
    case .crop(_, _, let position): position == .random
    case .randomResizedCrop: true
    case .flip(let probability): probability > 0 && probability < 1
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      brightness > 0 || contrast > 0 || saturation > 0 || hue > 0
    case .randAugment(let layers, _): layers > 0
    case .randomErasing(let probability, _, _): probability > 0
    }
  }

  /// As recipes call it.
  public var name: String {
    switch self {
    case .resize, .resizeShortSide: "resize"
    case .crop: "crop"
    case .randomResizedCrop: "random-resized-crop"
    case .flip: "flip"
    case .colorJitter: "color-jitter"
    case .randAugment: "rand-augment"
    case .randomErasing: "random-erasing"
    }
  }
}

extension TransformStep {
  func check() throws {
    switch self {
    case .resize(let height, let width, _): try checkSize("resize", height, width)
    case .resizeShortSide(let size, _): try checkSize("resize", size, size)
    case .crop(let height, let width, _): try checkSize("crop", height, width)
    case .randomResizedCrop(let height, let width, let area, let aspect, _):
      try checkSize("crop", height, width)
      try checkPart("crop", area, aspect)
    case .flip(let probability):
      guard (0...1).contains(probability) else {
        throw DataError.transformOption("flip probability \(probability); it must lie in 0 to 1")
      }
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      for (name, value, most) in [
        ("brightness", brightness, 10), ("contrast", contrast, 10), ("saturation", saturation, 10), ("hue", hue, 0.5),
      ] where !(value >= 0 && value <= most) {
        throw DataError.transformOption("\(name) \(value); it must lie in 0 to \(most)")
      }
    case .randAugment(let layers, let magnitude):
      guard (0...16).contains(layers), magnitude >= 0, magnitude <= 30 else {
        throw DataError.transformOption(
          "RandAugment with \(layers) layers of magnitude \(magnitude); 0 to 16 layers of 0 to 30 are possible")
      }
    case .randomErasing(let probability, let area, let aspect):
      guard (0...1).contains(probability) else {
        throw DataError.transformOption("erasing probability \(probability); it must lie in 0 to 1")
      }
      try checkPart("erased", area, aspect)
    }
  }
}

private func checkPart(_ what: String, _ area: ClosedRange<Double>, _ aspect: ClosedRange<Double>) throws {
  guard area.lowerBound > 0, area.upperBound <= 1 else {
    throw DataError.transformOption("\(what) area \(area.lowerBound) to \(area.upperBound); it must lie in (0, 1]")
  }
  guard aspect.lowerBound > 0, aspect.upperBound.isFinite else {
    throw DataError.transformOption(
      "aspect ratio \(aspect.lowerBound) to \(aspect.upperBound); it must be positive")
  }
}
