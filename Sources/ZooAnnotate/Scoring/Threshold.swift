/// Where to cut scores.
struct Threshold: Equatable {
  let value: Double
  let quality: Quality
  /// False where no threshold has the precision that was asked for.
  let isReached: Bool

  /// - Parameters:
  ///   - scored: scores of candidates and whether they are right.
  ///   - missed: right labels that are no candidates.
  ///   - precision: what labels above must have; nil: the best F1.
  /// - Returns: the lowest that has it, else that of the highest precision.
  static func choose(_ scored: [(score: Double, isRight: Bool)], missed: Int, precision: Double?) -> Threshold {
    let order = scored.sorted { $0.score > $1.score }
    let all = order.count { $0.isRight } + missed
    var (right, wrong) = (0, 0)
    var best: (value: Double, goodness: Double, quality: Quality, isReached: Bool)?
    for (index, item) in order.enumerated() {
      if item.isRight { right += 1 } else { wrong += 1 }
      // Equal scores are cut together.
      if index + 1 < order.count, order[index + 1].score == item.score { continue }
      let quality = Quality(right: right, wrong: wrong, missed: all - right)
      let goodness: Double
      var isReached = true
      if let precision {
        isReached = (quality.precision ?? 0) >= precision
        // Those that reach it by how many they give, the others by their precision; few labels prove nothing.
        goodness = isReached ? 2 + Double(right + wrong) : right + wrong >= 10 ? quality.precision ?? 0 : -1
      } else {
        goodness = quality.f1 ?? 0
      }
      if goodness > best?.goodness ?? -2 { best = (item.score, goodness, quality, isReached) }
    }
    guard let best else { return Threshold(value: 0.5, quality: Quality(missed: missed), isReached: precision == nil) }
    return Threshold(value: best.value, quality: best.quality, isReached: best.isReached)
  }
}
