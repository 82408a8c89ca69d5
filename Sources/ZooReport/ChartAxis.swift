/// An axis with round numbers at its ticks.
struct ChartAxis {
  let low: Double
  let high: Double
  let ticks: [Double]
  let isLogarithmic: Bool
  private let decimals: Int

  /// - Parameters:
  ///   - values: what must lie on it; not finite ones are passed over.
  ///   - count: about so many ticks.
  ///   - whole: for steps.
  init(_ values: [Double], count: Int, whole: Bool = false, logarithmic: Bool = false) {
    let finite = values.filter(\.isFinite)
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if logarithmic, low > 0, high / low >= 20 {
      isLogarithmic = true
      decimals = 0
      // 1, 2 and 5 of each power of ten; over many of them, the powers alone.
      let factors: [Double] = high / low > 5000 ? [1] : [1, 2, 5]
      var power = Self.powerOfTen(low)
      var marks: [Double] = []
      while power <= high * 10, marks.count < 1000 {
        marks += factors.map { $0 * power }
        power *= 10
      }
      let first = marks.last { $0 <= low * 1.0001 } ?? low
      let last = marks.first { $0 >= high * 0.9999 } ?? high
      (self.low, self.high) = (first, last)
      let ticks = marks.filter { $0 >= first && $0 <= last }
      self.ticks = ticks
      return
    }
    isLogarithmic = false
    if high - low <= abs(high) * 1e-12 {
      let margin = high == 0 ? 1 : abs(high) * 0.1
      (low, high) = (low - margin, high + margin)
    }
    var step = Self.roundStep((high - low) / Double(max(count, 1)))
    if whole { step = max(1, step) }
    self.low = whole ? low : (low / step).rounded(.down) * step
    self.high = whole ? high : (high / step).rounded(.up) * step
    var ticks: [Double] = []
    var index = (self.low / step).rounded(.up)
    while index * step <= self.high + step * 1e-6, ticks.count < 100 {
      ticks.append(index * step)
      index += 1
    }
    self.ticks = ticks
    var decimals = 0
    var scaled = step
    while decimals < 9, abs(scaled - scaled.rounded()) > 1e-6 * scaled {
      (decimals, scaled) = (decimals + 1, scaled * 10)
    }
    self.decimals = decimals
  }

  /// Where a value lies, 0 at the low end and 1 at the high one.
  func position(_ value: Double) -> Double {
    if isLogarithmic { return (Self.log10(max(value, low)) - Self.log10(low)) / (Self.log10(high) - Self.log10(low)) }
    return (value - low) / (high - low)
  }

  func text(_ tick: Double) -> String {
    if isLogarithmic { return tick >= 1 && tick < 1e7 ? grouped(Int(tick.rounded())) : trimmed(shortNumber(tick)) }
    if abs(tick) >= 1e7 || decimals > 6 { return shortNumber(tick) }
    return decimals == 0 && abs(tick) < 1e15 ? grouped(Int(tick.rounded())) : fixed(tick, decimals)
  }

  /// Without zeros behind the last digit of a decimal fraction.
  private func trimmed(_ text: String) -> String {
    guard text.contains("."), !text.contains("e") else { return text }
    let digits = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(digits.reversed())
  }

  /// 1, 2 or 5 times a power of ten, at least `least`.
  private static func roundStep(_ least: Double) -> Double {
    let power = powerOfTen(least)
    for factor in [1.0, 2, 5] where factor * power >= least * 0.999 { return factor * power }
    return 10 * power
  }

  /// The largest power of ten that is not above `value`.
  private static func powerOfTen(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    var power = 1.0
    while power > value, power > 1e-300 { power /= 10 }
    while power * 10 <= value { power *= 10 }
    return power
  }

  private static func log10(_ value: Double) -> Double {
    // By halves of the exponent and an artanh series: no C library in this room, and a drawing needs no more.
    let (exponent, significand) = (Double(value.exponent), value.significand)
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for term in stride(from: 29, through: 1, by: -2) { sum = sum * square + 1 / Double(term) }
    return (exponent * 0.6931471805599453 + 2 * ratio * sum) / 2.302585092994046
  }
}
