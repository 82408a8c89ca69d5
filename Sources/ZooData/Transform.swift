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
  /// Normalised value of byte b of channel c at 256 c + b.
  let table: [Float]

  /// - Throws: `DataError.transformOption` for a size, probability, range, mean or deviation that makes
  ///   no sense.
  public init(
    steps: [TransformStep], height: Int, width: Int, mean: [Float] = [0.5, 0.5, 0.5],
    deviation: [Float] = [0.5, 0.5, 0.5]
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
  func check() throws {
    switch self {
    case .resize(let height, let width, _): try checkSize("resize", height, width)
    case .resizeShortSide(let size, _): try checkSize("resize", size, size)
    case .crop(let height, let width, _): try checkSize("crop", height, width)
    case .randomResizedCrop(let height, let width, let area, let aspect, _):
      try checkSize("crop", height, width)
      guard area.lowerBound > 0, area.upperBound <= 1 else {
        throw DataError.transformOption(
          "crop area \(area.lowerBound) to \(area.upperBound); it must lie in (0, 1]")
      }
      guard aspect.lowerBound > 0, aspect.upperBound.isFinite else {
        throw DataError.transformOption(
          "aspect ratio \(aspect.lowerBound) to \(aspect.upperBound); it must be positive")
      }
    case .flip(let probability):
      guard (0...1).contains(probability) else {
        throw DataError.transformOption("flip probability \(probability); it must lie in 0 to 1")
      }
    }
  }
}
