// How well scores put the positive examples before the others.

/// The area under the receiver operating characteristic: the chance that a positive example scores above a negative
/// one, equal scores counting half (Mann & Whitney 1947). nil where all examples are positive, or none.
public func areaUnderCurve(_ scores: [Float], _ positives: [Bool]) -> Double? {
  let all = positives.count { $0 }
  guard all > 0, all < positives.count, scores.count == positives.count else { return nil }
  var (pairs, below) = (0.0, 0)
  for tie in ties(scores, positives).reversed() {
    pairs += Double(tie.positives) * (Double(below) + Double(tie.negatives) / 2)
    below += tie.negatives
  }
  return pairs / (Double(all) * Double(positives.count - all))
}

/// The mean of the precision at each positive example, Σ (Rₙ - Rₙ₋₁)·Pₙ over the distinct scores from the top; equal
/// scores share one threshold. nil where none is positive.
public func averagePrecision(_ scores: [Float], _ positives: [Bool]) -> Double? {
  let all = positives.count { $0 }
  guard all > 0, scores.count == positives.count else { return nil }
  var (sum, found, seen) = (0.0, 0, 0)
  for tie in ties(scores, positives) {
    found += tie.positives
    seen += tie.positives + tie.negatives
    sum += Double(tie.positives) * Double(found) / Double(seen)
  }
  return sum / Double(all)
}

/// Positives and negatives of each distinct score, the largest score first; what is no number comes last.
private func ties(_ scores: [Float], _ positives: [Bool]) -> [(positives: Int, negatives: Int)] {
  let keys = scores.map { $0.isNaN ? -Float.infinity : $0 }
  var (result, last) = ([(positives: Int, negatives: Int)](), Float?.none)
  for index in keys.indices.sorted(by: { keys[$0] > keys[$1] }) {
    if keys[index] != last { result.append((0, 0)) }
    last = keys[index]
    if positives[index] {
      result[result.count - 1].positives += 1
    } else {
      result[result.count - 1].negatives += 1
    }
  }
  return result
}
