import Glibc
import ZooData

/// Which examples a classifier got wrong, and for what it took them.
public struct ClassificationDetail: Sendable {
  /// An example that was answered wrong.
  public struct Mistake: Sendable {
    /// In the data set.
    public let index: Int
    public let name: String
    public let label: Int
    public let answer: Int
    public let labelProbability: Double
    public let answerProbability: Double
  }

  /// Of the head, in the order of its scores.
  public let classes: [String]
  /// [class, answer], row-major; nil with more classes than `matrixLimit`.
  public let counts: [Int]?
  /// Those with the largest loss, the worst first.
  public let mistakes: [Mistake]

  /// A matrix of more classes would not fit into memory with the model.
  public static let matrixLimit = 2048
}

/// Collects the detail as batches come.
struct DetailCounter {
  let classes: [String]
  private let limit: Int
  private var counts: [Int]?
  private var mistakes: [(loss: Double, mistake: ClassificationDetail.Mistake)] = []

  /// - Parameter limit: mistakes that are kept.
  init(classes: [String], limit: Int) {
    self.classes = classes
    self.limit = limit
    let matrix = classes.count <= ClassificationDetail.matrixLimit
    counts = matrix ? [Int](repeating: 0, count: classes.count * classes.count) : nil
  }

  /// - Parameter logits: [batch.count, classes], row-major.
  mutating func add(_ batch: Batch, logits: [Float]) {
    let width = classes.count
    for (row, label) in batch.labels.map(Int.init).enumerated() where classes.indices.contains(label) {
      let scores = Array(logits[(row * width)..<((row + 1) * width)])
      guard let largest = scores.max(), let answer = scores.firstIndex(of: largest) else { continue }
      counts?[label * width + answer] += 1
      guard answer != label else { continue }
      let powers = scores.map { exp(Double($0 - largest)) }
      let total = powers.reduce(0, +)
      add(
        ClassificationDetail.Mistake(
          index: batch.indices[row], name: batch.names[row], label: label, answer: answer,
          labelProbability: powers[label] / total, answerProbability: 1 / total),
        loss: log(total) + Double(largest - scores[label]))
    }
  }

  private mutating func add(_ mistake: ClassificationDetail.Mistake, loss: Double) {
    // Equal losses stay in the order of the data.
    let place = mistakes.firstIndex { $0.loss < loss } ?? mistakes.count
    guard place < limit else { return }
    mistakes.insert((loss, mistake), at: place)
    if mistakes.count > limit { mistakes.removeLast() }
  }

  var result: ClassificationDetail {
    ClassificationDetail(classes: classes, counts: counts, mistakes: mistakes.map(\.mistake))
  }
}
