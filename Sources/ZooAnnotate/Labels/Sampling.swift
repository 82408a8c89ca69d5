import ZooData
import ZooRecipe

/// How often an image is shown in an epoch.
///
/// `square-root` and `balanced` repeat by the rarest label: (share / its own)^(1/2) or without the root, at least 1 and at
/// most `most` (repeat-factor sampling, Gupta, Dollár and Girshick, 2019); `capped` keeps an image with the chance
/// cap / (images of its rarest label). What is left of a whole number is a chance too, drawn by the image's place, so that
/// the mean is right and the draw the same in every run.
struct Sampling {
  private let settings: AnnotationRecipe.Sampling
  private let counts: [Int]
  private let images: Int

  /// - Parameters:
  ///   - counts: images for training by label.
  ///   - images: for training.
  init(_ settings: AnnotationRecipe.Sampling, counts: [Int], images: Int) {
    (self.settings, self.counts, self.images) = (settings, counts, images)
  }

  /// The mean number of times.
  func factor(_ labels: [Int32]) -> Double {
    guard let rarest = labels.map({ counts[Int($0)] }).min(), rarest > 0, images > 0 else { return 1 }
    let ratio = settings.share / (Double(rarest) / Double(images))
    return switch settings.method {
    case .all: 1
    case .squareRoot: min(max(ratio.squareRoot(), 1), Double(settings.most))
    case .balanced: min(max(ratio, 1), Double(settings.most))
    case .capped: min(Double(settings.cap) / Double(rarest), 1)
    }
  }

  func times(_ record: LabelledRecord) -> Int {
    let factor = factor(record.labels.map(\.label))
    let whole = factor.rounded(.down)
    guard factor > whole else { return Int(whole) }
    var random = CounterRandom(seed: UInt64(truncatingIfNeeded: settings.seed), 0x5A3F, record.position)
    return Int(whole) + (random.chance(factor - whole) ? 1 : 0)
  }
}
