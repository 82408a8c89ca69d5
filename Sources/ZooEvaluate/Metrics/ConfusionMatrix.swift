/// How often each class was taken for each.
public struct ConfusionMatrix: Sendable, Equatable {
  public let classes: Int
  /// [label, answer], row-major.
  public private(set) var counts: [Int]

  public init(classes: Int) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// Labels and answers in 0..<classes; others are passed over.
  public init(classes: Int, labels: [Int], answers: [Int]) {
    self.init(classes: classes)
    for (label, answer) in zip(labels, answers) { add(label: label, answer: answer) }
  }

  public mutating func add(label: Int, answer: Int) {
    guard (0..<classes).contains(label), (0..<classes).contains(answer) else { return }
    counts[label * classes + answer] += 1
  }

  public subscript(label: Int, answer: Int) -> Int { counts[label * classes + answer] }
  public var total: Int { counts.reduce(0, +) }
  /// Examples with this label, and answers with this class.
  public func labelled(_ label: Int) -> Int { (0..<classes).reduce(0) { $0 + self[label, $1] } }
  public func answered(_ answer: Int) -> Int { (0..<classes).reduce(0) { $0 + self[$1, answer] } }

  /// The share of right answers; nil without examples.
  public var accuracy: Double? {
    let total = total
    return total == 0 ? nil : Double((0..<classes).reduce(0) { $0 + self[$1, $1] }) / Double(total)
  }

  /// The mean over classes with examples of each class's share of right answers.
  public var meanPerClass: Double? {
    mean(
      (0..<classes).compactMap { label in
        let count = labelled(label)
        return count == 0 ? nil : Double(self[label, label]) / Double(count)
      })
  }

  /// The mean F1, 2·right / (labelled + answered), over the classes that occur as a label or as an answer.
  public var f1Macro: Double? {
    mean(
      (0..<classes).compactMap { label in
        let size = labelled(label) + answered(label)
        return size == 0 ? nil : 2 * Double(self[label, label]) / Double(size)
      })
  }

  /// Cohen's kappa with the squared distance of label and answer as the weight of an error: agreement of ordered
  /// classes beyond chance. nil where labels or answers leave nothing to disagree about.
  public var quadraticKappa: Double? {
    let (rows, columns) = ((0..<classes).map(labelled), (0..<classes).map(answered))
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

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
