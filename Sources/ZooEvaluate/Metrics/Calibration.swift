/// The expected calibration error (Naeini, Cooper & Hauskrecht 2015): the mean distance between confidence and the share
/// of right answers, over bins of equal width, each weighted by its examples. A bin holds its upper end.
///
/// - Parameter confidences: the probability of each answer, in 0...1.
/// - Returns: nil without examples.
public func calibrationError(_ confidences: [Double], _ correct: [Bool], bins: Int = 15) -> Double? {
  guard !confidences.isEmpty, confidences.count == correct.count, bins > 0 else { return nil }
  var sums = [(confidence: Double, correct: Double)](repeating: (0, 0), count: bins)
  for (confidence, isCorrect) in zip(confidences, correct) {
    let bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
    sums[bin].confidence += confidence
    sums[bin].correct += isCorrect ? 1 : 0
  }
  return sums.reduce(0) { $0 + abs($1.confidence - $1.correct) } / Double(confidences.count)
}
