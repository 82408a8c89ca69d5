import ZooGraph
import ZooRecipe

/// How often which values came, in bins of a sixteenth of an octave: no range needs to be known beforehand, and a bin's
/// middle is within 3 % of every value in it.
struct ActivationHistogram: Sendable {
  private static let mantissaBits = 4
  private static let shift = UInt32(Float.significandBitCount - mantissaBits)

  /// By sign, exponent and the first bits of the significand.
  private var counts = [Int](repeating: 0, count: 1 << (9 + Self.mantissaBits))
  private(set) var low: Float = 0
  private(set) var high: Float = 0
  private(set) var total = 0

  /// Takes values into account; what is no number is passed over.
  mutating func add(_ value: Float) {
    guard value.isFinite else { return }
    counts[Int(value.bitPattern >> Self.shift)] += 1
    total += 1
    if value < low { low = value }
    if value > high { high = value }
  }

  /// Bins that hold anything, by their middle.
  private var bins: [(value: Double, count: Double)] {
    counts.indices.compactMap { index in
      guard counts[index] > 0 else { return nil }
      let value = Float(bitPattern: UInt32(index) << Self.shift | 1 << (Self.shift - 1))
      return value.isFinite ? (Double(value), Double(counts[index])) : nil
    }
  }

  /// The bytes for these values; nil where all are zero.
  func quantization(_ range: ModelQuantization.Range) -> AffineQuantization? {
    switch range {
    case .minMax: AffineQuantization(covering: low, high)
    case .percentile: percentile(0.9999)
    case .mse: leastError()
    }
  }

  /// Leaves out the same share of the values at each end.
  private func percentile(_ share: Double) -> AffineQuantization? {
    let sorted = bins.sorted { $0.value < $1.value }
    let allowed = (1 - share) * Double(total)
    func end(_ bins: some Sequence<(value: Double, count: Double)>) -> Double {
      var passed = 0.0
      for bin in bins {
        passed += bin.count
        if passed > allowed { return bin.value }
      }
      return 0
    }
    return AffineQuantization(
      covering: max(low, Float(end(sorted))), min(high, Float(end(sorted.reversed()))))
  }

  /// Cuts both ends by the factor for which rounding and cutting together make the least squared error. Rounding a value
  /// inside the range costs scale²/12 on average.
  private func leastError() -> AffineQuantization? {
    let bins = bins
    var best: (error: Double, quantization: AffineQuantization)?
    for step in 0...70 {
      let factor = 1 - Float(step) / 80
      guard let candidate = AffineQuantization(covering: low * factor, high * factor) else { return best?.quantization }
      let (scale, zero) = (Double(candidate.scale), Double(candidate.zero))
      let (least, most) = (-zero * scale, (255 - zero) * scale)
      var error = 0.0
      for bin in bins where bin.value != 0 {
        let cut = bin.value < least ? least - bin.value : bin.value > most ? bin.value - most : 0
        error += bin.count * (cut > 0 ? cut * cut : scale * scale / 12)
      }
      if error < best?.error ?? .infinity { best = (error, candidate) }
    }
    return best?.quantization
  }
}
