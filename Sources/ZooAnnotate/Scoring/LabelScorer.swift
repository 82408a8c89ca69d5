import ZooRecipe

/// How sure a label is for a record, from what its texts have.
///
/// Features of a label, which may have several terms (a cluster's):
/// - source: 1 - Π (1 - trust) over the signals that have it;
/// - TF-IDF: its weighted mentions as a share of the most mentioned label's, times log((N + 1) / (n + 1)) / log(N + 1);
/// - agreement: how many more signals have it, of those that could: (s - 1) / (signals with any label - 1);
/// - similarity: the mean cosine of its terms with the record's terms of other labels;
/// - one for each signal: whether it has it (only fitted weights use these);
/// and a constant 1. The score is the logistic function of their weighted sum.
struct LabelScorer {
  /// Before those of the signals; the constant comes after them.
  static let common = ["source", "tf-idf", "agreement", "similarity"]

  struct Candidate: Equatable {
    let label: Int32
    var features: [Float]
  }

  let space: LabelSpace
  private let idf: [Float]
  private let trusts: [Float]
  private let signalWeights: [Float]

  init(_ recipe: AnnotationRecipe, _ space: LabelSpace, _ counts: TermCounts) {
    self.space = space
    trusts = recipe.signals.map { Float($0.trust) }
    signalWeights = recipe.signals.map { Float($0.weight) }
    let all = Double(counts.records)
    idf = space.labels.map { label in
      // A record with two terms of a label counts twice here; that is exact for labels of one term.
      let records = min(label.terms.reduce(0.0) { $0 + Double(counts.terms[$1].records) }, all)
      return all < 1 ? 0 : Float(logarithm((all + 1) / (records + 1)) / logarithm(all + 1))
    }
  }

  var width: Int { Self.common.count + trusts.count + 1 }

  /// The recipe's weights as those of all features.
  func weights(_ recipe: AnnotationRecipe) -> [Double] {
    Array(recipe.scores.weights.dropLast()) + trusts.map { _ in 0 } + [recipe.scores.weights.last ?? 0]
  }

  /// The labels that a record's terms give, in rising order.
  func candidates(_ hits: [TermHit]) -> [Candidate] {
    var found: [Candidate] = []
    var mass: [Float] = []
    var signals = Set<Int32>()
    let width = width
    for hit in hits {
      let label = space.labelOf[Int(hit.term)]
      guard label >= 0 else { continue }
      let signal = Int(hit.signal)
      signals.insert(hit.signal)
      let place = found.firstIndex { $0.label == label } ?? found.count
      if place == found.count {
        found.append(Candidate(label: label, features: [Float](repeating: 0, count: width)))
        mass.append(0)
      }
      found[place].features[Self.common.count + signal] = 1
      mass[place] += signalWeights[signal] * Float(hit.count)
    }
    let most = mass.max() ?? 0
    for place in found.indices {
      let label = found[place].label
      var (doubt, agreeing) = (Float(1), Float(0))
      for signal in trusts.indices where found[place].features[Self.common.count + signal] > 0 {
        doubt *= 1 - trusts[signal]
        agreeing += 1
      }
      found[place].features[0] = 1 - doubt
      found[place].features[1] = most > 0 ? mass[place] / most * idf[Int(label)] : 0
      found[place].features[2] = signals.count > 1 ? (agreeing - 1) / Float(signals.count - 1) : 0
      found[place].features[3] = similarity(label, hits)
      found[place].features[width - 1] = 1
    }
    return found.sorted { $0.label < $1.label }
  }

  private func similarity(_ label: Int32, _ hits: [TermHit]) -> Float {
    guard space.dimensions > 0 else { return 0 }
    var (sum, count) = (Float(0), Float(0))
    var last: Int32 = -1
    for own in hits where space.labelOf[Int(own.term)] == label && own.term != last {
      last = own.term
      var before: Int32 = -1
      for other in hits where other.term != before {
        before = other.term
        guard space.labelOf[Int(other.term)] != label else { continue }
        sum += space.similarity(Int(own.term), Int(other.term))
        count += 1
      }
    }
    return count > 0 ? sum / count : 0
  }

  /// - Parameter weights: as many as features.
  func score(_ candidate: Candidate, _ weights: [Double]) -> Double {
    var sum = 0.0
    for (index, feature) in candidate.features.enumerated() { sum += Double(feature) * weights[index] }
    return sigmoid(sum)
  }
}
