import ZooRecipe

/// How sure a label is for a record, from what its texts have.
///
/// Features of a label, which may have several terms (a cluster's):
/// - source: 1 - Π (1 - trust) over the signals that have it;
/// - TF-IDF: its weighted mentions as a share of the most mentioned label's, times log((N + 1) / (n + 1)) / log(N + 1);
/// - agreement: how many more signals have it, of those that could: (s - 1) / (signals with any label - 1);
/// - similarity: the mean cosine of its terms with the record's other terms;
/// - company: the mean of `TermCompany` of its terms and the record's other terms, weighted by these ones' source;
/// - support and contradiction: the largest and the least of the same products, the latter's sign turned;
/// - one for each signal: whether it has it (only fitted weights use these);
/// and a constant 1. The score is the logistic function of their weighted sum.
struct LabelScorer {
  /// Before those of the signals; the constant comes after them.
  static let common = ["source", "tf-idf", "agreement", "similarity", "company", "support", "contradiction"]

  struct Candidate: Equatable {
    let label: Int32
    var features: [Float]
  }

  let space: LabelSpace
  private let company: TermCompany
  private let idf: [Float]
  private let trusts: [Float]
  private let signalWeights: [Float]

  init(_ recipe: AnnotationRecipe, _ space: LabelSpace, _ counts: TermCounts) {
    self.space = space
    company = TermCompany(counts)
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
    recipe.scores.weights.dropLast() + trusts.map { _ in 0 } + [recipe.scores.weights.last ?? 0]
  }

  /// The labels that a record's terms give, in rising order.
  func candidates(_ hits: [TermHit]) -> [Candidate] {
    var found: [Candidate] = []
    var mass: [Float] = []
    var signals: UInt64 = 0
    let width = width
    for hit in hits {
      let label = space.labelOf[Int(hit.term)]
      guard label >= 0 else { continue }
      let signal = Int(hit.signal)
      signals |= 1 << UInt64(signal)
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
      found[place].features[2] = signals.nonzeroBitCount > 1 ? (agreeing - 1) / Float(signals.nonzeroBitCount - 1) : 0
      found[place].features[width - 1] = 1
    }
    addCompany(&found, hits)
    return found.sorted { $0.label < $1.label }
  }

  /// What the record's other terms say of each label.
  private func addCompany(_ found: inout [Candidate], _ hits: [TermHit]) {
    var terms: [(term: Int32, label: Int32, source: Float)] = []
    for hit in hits {
      let doubt = 1 - trusts[Int(hit.signal)]
      if let last = terms.last, last.term == hit.term {
        terms[terms.count - 1].source = 1 - (1 - last.source) * doubt
      } else {
        terms.append((hit.term, space.labelOf[Int(hit.term)], 1 - doubt))
      }
    }
    for place in found.indices {
      var (similar, count, mean, mass, most, least) = (Float(0), Float(0), Float(0), Float(0), Float(0), Float(0))
      for own in terms where own.label == found[place].label {
        for other in terms where other.label != own.label {
          let value = company.value(own.term, other.term) * other.source
          mean += value
          mass += other.source
          most = max(most, value)
          least = min(least, value)
          if space.dimensions > 0 { similar += space.similarity(Int(own.term), Int(other.term)) }
          count += 1
        }
      }
      guard count > 0 else { continue }
      found[place].features[3] = similar / count
      found[place].features[4] = mass > 0 ? mean / mass : 0
      found[place].features[5] = most
      found[place].features[6] = -least
    }
  }

  /// - Parameter weights: as many as features.
  func score(_ candidate: Candidate, _ weights: [Double]) -> Double {
    var sum = 0.0
    for (index, feature) in candidate.features.enumerated() { sum += Double(feature) * weights[index] }
    return sigmoid(sum)
  }
}
