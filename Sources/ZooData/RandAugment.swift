/// RandAugment (Cubuk et al. 2020) with the operations and magnitudes of big_vision's and AugReg's implementation: every
/// layer applies one of sixteen operations, each equally likely, at the same magnitude. Magnitudes count in tenths of an
/// operation's range and may go beyond 10. What comes in from outside the image is grey (128).
public enum RandAugmentOperation: Sendable, CaseIterable {
  case autoContrast, equalize, invert, rotate, posterize, solarize, color, contrast, brightness, sharpness
  case shearX, shearY, translateX, translateY, cutout, solarizeAdd

  private static let grey: [UInt8] = [128, 128, 128]

  /// - Parameter magnitude: rotate 30 degrees, shear 0.3, translate 100 pixels, cutout 40 pixels to each side, posterize to
  ///   4 bits, solarize from 256, solarize-add 110, at 10; blends by 0.1 + 1.8 at 10. Rotate, shear and translate go
  ///   either way. Posterize keeps at least one bit.
  public func apply(_ image: Image, magnitude: Double, _ random: inout CounterRandom) -> Image {
    let share = magnitude / 10
    let factor = 1.8 * share + 0.1
    func signed(_ value: Double) -> Double { random.chance(0.5) ? -value : value }
    switch self {
    case .autoContrast: return image.autoContrasted()
    case .equalize: return image.equalized()
    case .invert: return image.mapped { _, value in 255 - value }
    case .posterize:
      let shift = 8 - min(max(Int(4 * share), 1), 8)
      return image.mapped { _, value in (value >> shift) << shift }
    case .solarize:
      let threshold = Int(256 * share)
      return image.mapped { _, value in value < threshold ? value : 255 - value }
    case .solarizeAdd:
      let addition = Int(110 * share)
      return image.mapped { _, value in value < 128 ? min(255, value + addition) : value }
    case .color: return image.saturated(factor)
    case .contrast: return image.contrasted(factor)
    case .brightness: return image.brightened(factor)
    case .sharpness: return image.sharpened(factor)
    case .rotate:
      let (cosine, sine) = cosineAndSine(turns: signed(30 * share) / 360)
      let (x, y) = (Double(image.width) / 2, Double(image.height) / 2)
      return image.moved(
        [cosine, -sine, x - cosine * x + sine * y, sine, cosine, y - sine * x - cosine * y], fill: Self.grey)
    case .shearX: return image.moved([1, signed(0.3 * share), 0, 0, 1, 0], fill: Self.grey)
    case .shearY: return image.moved([1, 0, 0, signed(0.3 * share), 1, 0], fill: Self.grey)
    case .translateX: return image.moved([1, 0, signed(100 * share), 0, 1, 0], fill: Self.grey)
    case .translateY: return image.moved([1, 0, 0, 0, 1, signed(100 * share)], fill: Self.grey)
    case .cutout:
      let half = Int(40 * share)
      let (y, x) = (random.integer(below: image.height), random.integer(below: image.width))
      let (top, left) = (max(0, y - half), max(0, x - half))
      let part = Part(
        top: top, left: left, height: min(image.height, y + half) - top, width: min(image.width, x + half) - left)
      return image.filled(part, with: Self.grey)
    }
  }
}

extension Image {
  /// Brightness, contrast, saturation and hue by random factors in random order, as torchvision's ColorJitter: the first
  /// three factors lie within 1 ± the given number (at least 0), the hue turns by up to ± its part of the circle.
  func colorJittered(
    brightness: Double, contrast: Double, saturation: Double, hue: Double, _ random: inout CounterRandom
  ) -> Image {
    var image = self
    func factor(_ width: Double) -> Double { random.uniform(in: max(0, 1 - width)..<(1 + width)) }
    for step in random.permutation(4) {
      switch step {
      case 0 where brightness > 0: image = image.brightened(factor(brightness))
      case 1 where contrast > 0: image = image.contrasted(factor(contrast))
      case 2 where saturation > 0: image = image.saturated(factor(saturation))
      case 3 where hue > 0: image = image.hueTurned(random.uniform(in: -hue..<hue))
      default: break
      }
    }
    return image
  }
}

/// The part that random erasing takes away, as torchvision draws it: smaller than the image in both directions; nil where
/// none of ten fits.
func erasedPart(
  height: Int, width: Int, area: ClosedRange<Double>, aspect: ClosedRange<Double>, _ random: inout CounterRandom
) -> Part? {
  drawnPart(
    height: height, width: width, largest: (height - 1, width - 1), area: area, aspect: aspect, isTall: true, &random)
}
