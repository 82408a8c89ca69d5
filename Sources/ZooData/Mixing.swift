/// How the examples of a training batch are mixed in pairs.
///
/// One number λ is drawn for each batch. Mixup (Zhang et al. 2018) adds λ of an image to 1 - λ of its partner's; CutMix
/// (Yun et al. 2019) puts a part of the partner's image, of the share 1 - λ of the area, in the same place of the image.
/// Labels are to be mixed in the same proportion.
public struct Mixing: Sendable, Equatable {
  /// λ of mixup is drawn from Beta(mixup, mixup); 0 for none.
  public let mixup: Double
  /// λ of CutMix is drawn from Beta(cutmix, cutmix); 0 for none. With both, each batch is mixed in one way, either equally
  /// likely.
  public let cutmix: Double
  /// Partners are drawn within groups of so many neighbours of the batch; nil: among the whole batch, so that
  /// micro-batches change nothing.
  public let group: Int?

  /// - Throws: `DataError.transformOption` for numbers that make no sense.
  public init(mixup: Double = 0, cutmix: Double = 0, group: Int? = nil) throws {
    for (name, alpha) in [("mixup", mixup), ("cutmix", cutmix)] where !(alpha >= 0 && alpha <= 1000) {
      throw DataError.transformOption("\(name) of \(alpha); it must lie in 0 to 1000")
    }
    guard group.map({ $0 > 0 }) ?? true else {
      throw DataError.transformOption("mixing in groups of \(group ?? 0); it must be at least 1")
    }
    (self.mixup, self.cutmix, self.group) = (mixup, cutmix, group)
  }

  /// What happens to batch `number` of a run: a function of the seed, the number and the batch's size. Nil where nothing is
  /// mixed.
  public func draw(seed: UInt64, number: Int, count: Int, height: Int, width: Int) -> BatchMix? {
    guard mixup > 0 || cutmix > 0, count > 0 else { return nil }
    var random = CounterRandom(seed: seed, RandomStream.mixing, UInt64(number))
    let cuts = cutmix > 0 && (mixup == 0 || random.chance(0.5))
    var share = random.beta(cuts ? cutmix : mixup)
    var part: Part?
    if cuts {
      // As in the paper: the cut part may lie over the edge, and λ becomes what is left.
      let side = (1 - share).squareRoot()
      let (high, wide) = (Int(Double(height) * side), Int(Double(width) * side))
      let (y, x) = (random.integer(below: height), random.integer(below: width))
      let (top, left) = (max(0, y - high / 2), max(0, x - wide / 2))
      let box = Part(
        top: top, left: left, height: min(height, y + high - high / 2) - top,
        width: min(width, x + wide - wide / 2) - left)
      share = 1 - Double(box.height * box.width) / Double(height * width)
      part = box
    }
    var partners: [Int] = []
    let size = min(group ?? count, count)
    while partners.count < count {
      let start = partners.count
      partners += random.permutation(min(size, count - start)).map { start + $0 }
    }
    return BatchMix(share: Float(share), partners: partners, part: part)
  }
}

/// How a batch was mixed.
public struct BatchMix: Sendable, Equatable {
  /// λ: how much of itself each example keeps.
  public let share: Float
  /// For each example the row of its partner, possibly its own.
  public let partners: [Int]
  /// The part that came from the partner; nil for mixup.
  let part: Part?

  /// The mixed images: [count, height, width, 3].
  public func images(_ images: [Float], height: Int, width: Int) -> [Float] {
    let each = height * width * 3
    return [Float](unsafeUninitializedCapacity: images.count) { out, filled in
      images.withUnsafeBufferPointer { images in
        for (row, partner) in partners.enumerated() {
          let (own, other) = (row * each, partner * each)
          if let part {
            _ = UnsafeMutableBufferPointer(rebasing: out[own..<own + each]).update(
              fromContentsOf: images[own..<own + each])
            for y in part.top..<part.top + part.height {
              let line = (y * width + part.left) * 3
              for i in line..<line + part.width * 3 { out[own + i] = images[other + i] }
            }
          } else {
            for i in 0..<each { out[own + i] = share * images[own + i] + (1 - share) * images[other + i] }
          }
        }
      }
      filled = images.count
    }
  }
}

extension CounterRandom {
  /// A number from Beta(alpha, alpha), by two gamma numbers; alpha must be positive.
  mutating func beta(_ alpha: Double) -> Double {
    let (a, b) = (logGamma(alpha), logGamma(alpha))
    // a / (a + b) without leaving the range of numbers, for an alpha near 0 too.
    return 1 / (1 + exponential(b - a))
  }

  /// The logarithm of a number from Gamma(alpha, 1): Marsaglia and Tsang (2000), with Gamma(alpha + 1) U^(1/alpha) for
  /// alpha below 1.
  private mutating func logGamma(_ alpha: Double) -> Double {
    if alpha < 1 { return logGamma(alpha + 1) + naturalLogarithm(1 - uniform()) / alpha }
    let d = alpha - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if naturalLogarithm(1 - uniform()) < x * x / 2 + d - d * v + d * naturalLogarithm(v) {
        return naturalLogarithm(d * v)
      }
    }
  }
}
