/// How often each class was a label, an answer, and both: what there is to count where a whole matrix would be too large.
public struct ClassCounts: Sendable, Equatable {
  public private(set) var labelled: [Int], answered: [Int], correct: [Int]

  /// Labels and answers in 0..<classes; others are passed over.
  public init(classes: Int, labels: [Int], answers: [Int]) {
    labelled = [Int](repeating: 0, count: classes)
    (answered, correct) = (labelled, labelled)
    for (label, answer) in zip(labels, answers) where (0..<classes).contains(label) && (0..<classes).contains(answer) {
      labelled[label] += 1
      answered[answer] += 1
      correct[label] += label == answer ? 1 : 0
    }
  }

  /// The share of right answers; nil without examples.
  public var accuracy: Double? {
    let total = labelled.reduce(0, +)
    return total == 0 ? nil : Double(correct.reduce(0, +)) / Double(total)
  }

  /// The mean over classes with examples of each class's share of right answers.
  public var meanPerClass: Double? {
    mean(labelled.indices.compactMap { labelled[$0] == 0 ? nil : Double(correct[$0]) / Double(labelled[$0]) })
  }

  /// The mean F1, 2·right / (labelled + answered), over the classes that occur as a label or as an answer.
  public var f1Macro: Double? {
    mean(
      labelled.indices.compactMap { label in
        let size = labelled[label] + answered[label]
        return size == 0 ? nil : 2 * Double(correct[label]) / Double(size)
      })
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}

/// How often each class was taken for each: a confusion matrix.
public struct ConfusionCounts: Sendable, Equatable {
  public let classes: Int
  /// [label, answer], row-major.
  public private(set) var counts: [Int]

  /// A matrix of more classes would not fit into memory with a model.
  public static let mostClasses = 2048

  /// Labels and answers in 0..<classes; others are passed over.
  public init(classes: Int, labels: [Int], answers: [Int]) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
    for (label, answer) in zip(labels, answers) where (0..<classes).contains(label) && (0..<classes).contains(answer) {
      counts[label * classes + answer] += 1
    }
  }

  public subscript(label: Int, answer: Int) -> Int { counts[label * classes + answer] }
  public var total: Int { counts.reduce(0, +) }

  /// Cohen's kappa with the squared distance of label and answer as the weight of an error: agreement of ordered
  /// classes beyond chance. nil where labels or answers leave nothing to disagree about.
  public var quadraticKappa: Double? {
    let rows = (0..<classes).map { label in (0..<classes).reduce(0) { $0 + self[label, $1] } }
    let columns = (0..<classes).map { answer in (0..<classes).reduce(0) { $0 + self[$1, answer] } }
    let total = Double(rows.reduce(0, +))
    var (seen, chance) = (0.0, 0.0)
    for label in 0..<classes {
      for answer in 0..<classes {
        let distance = Double((label - answer) * (label - answer))
        seen += distance * Double(self[label, answer])
        chance += distance * Double(rows[label]) * Double(columns[answer])
      }
    }
    return chance == 0 ? nil : 1 - seen * total / chance
  }
}
