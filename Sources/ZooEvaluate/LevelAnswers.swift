import ZooData

/// Answers of a head for ordered classes: for each class but the last, the logit of being above it.
public struct LevelAnswers: Answers {
  public static let metrics = ["mean-absolute-error", "quadratic-kappa", "top-1", "mean-per-class", "images"]

  let names: [String]
  private var all: [(example: Int, label: Int, answer: Int)] = []

  public init(names: [String]) { self.names = names }

  public mutating func add(_ output: [Float], _ labels: BatchLabels, examples: [Int]) {
    guard case .classes(let labels) = labels, names.count > 1 else { return }
    let width = names.count - 1
    for (row, label) in labels.enumerated() where names.indices.contains(Int(label)) {
      all.append((examples[row], Int(label), levelIndex(output[(row * width)..<((row + 1) * width)])))
    }
  }

  public func measures(_ included: (Int) -> Bool) -> Measures {
    let answers = all.filter { included($0.example) }
    let confusion = ConfusionCounts(
      classes: names.count, labels: answers.map(\.label), answers: answers.map(\.answer))
    let counts = ClassCounts(
      classes: names.count, labels: answers.map(\.label), answers: answers.map(\.answer))
    var result = Measures(
      [
        ("mean-absolute-error", meanAbsoluteError(answers.map { (Double($0.label), Double($0.answer)) })),
        ("quadratic-kappa", confusion.quadraticKappa), ("top-1", counts.accuracy),
        ("mean-per-class", counts.meanPerClass),
      ], images: answers.count)
    result.confusion = confusion
    result.classes = names.indices.map { (names[$0], counts.labelled[$0], counts.correct[$0]) }
    return result
  }
}

/// How many classes an example is above, from its logits.
func levelIndex(_ logits: some Sequence<Float>) -> Int { logits.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } }
