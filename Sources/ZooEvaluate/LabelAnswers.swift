import Glibc
import ZooData

/// Answers of a head that says yes or no to each of several labels. Labels that are unknown of an image are left out;
/// one that holds by half or more is a yes.
public struct LabelAnswers: Answers {
  public static let metrics = ["mean-average-precision", "f1-macro", "f1-micro", "auc", "loss", "images"]

  let names: [String]
  private var examples: [Int] = []
  /// [examples, names].
  private var logits: [Float] = [], labels: [Float] = []

  public init(names: [String]) { self.names = names }

  public mutating func add(_ output: [Float], _ labels: BatchLabels, examples: [Int]) {
    let width = names.count
    for (row, example) in examples.enumerated() where labels.isPresent(row) {
      switch labels {
      case .classes(let classes):
        self.labels += (0..<width).map { $0 == Int(classes[row]) ? 1 : 0 }
      case .values(let values, width: let own, _):
        guard own == width else { continue }
        self.labels += values[(row * width)..<((row + 1) * width)]
      }
      logits += output[(row * width)..<((row + 1) * width)]
      self.examples.append(example)
    }
  }

  public func measures(_ included: (Int) -> Bool) -> Measures {
    let chosen = examples.indices.filter { included(examples[$0]) }
    var (precisions, areas, f1s) = ([Double](), [Double](), [Double]())
    var (sum, loss, known) = (YesNoCounts(), 0.0, 0)
    var classes: [(name: String, count: Int, correct: Int)] = []
    for (column, name) in names.enumerated() {
      let places = chosen.map { $0 * names.count + column }.filter { !labels[$0].isNaN }
      let (scores, positives) = (places.map { logits[$0] }, places.map { labels[$0] >= 0.5 })
      var counts = YesNoCounts()
      for (score, positive) in zip(scores, positives) { counts.add(label: positive, answer: score > 0) }
      for place in places { loss += crossEntropy(Double(logits[place]), Double(labels[place])) }
      known += places.count
      if let precision = averagePrecision(scores, positives) { precisions.append(precision) }
      if let area = areaUnderCurve(scores, positives) { areas.append(area) }
      f1s.append(counts.f1)
      sum = sum + counts
      classes.append((name, counts.truePositives + counts.falseNegatives, counts.truePositives))
    }
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    var result = Measures(
      [
        ("mean-average-precision", mean(precisions)), ("f1-macro", known == 0 ? nil : mean(f1s)),
        ("f1-micro", known == 0 ? nil : sum.f1), ("auc", mean(areas)),
        ("loss", known == 0 ? nil : loss / Double(known)),
      ], images: chosen.count)
    result.classes = classes
    return result
  }

  private func crossEntropy(_ logit: Double, _ label: Double) -> Double {
    max(logit, 0) - logit * label + log1p(exp(-abs(logit)))
  }
}
