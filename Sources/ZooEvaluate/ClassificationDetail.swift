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
  /// [class, answer], row-major; nil where there are too many classes.
  public let counts: [Int]?
  /// Those with the largest loss, the worst first.
  public let mistakes: [Mistake]

  /// - Parameter limit: mistakes that are kept; equal losses stay in the order of the data.
  /// - Returns: nil for a head that chooses no class.
  init?(_ result: HeadResult, on dataset: any Dataset, limit: Int) {
    guard let measures = result.measures, !result.answers.isEmpty else { return nil }
    (classes, counts) = (measures.classes.map(\.name), measures.confusion?.counts)
    let wrong = result.answers.enumerated().filter { $0.element.rank > 0 }
      .sorted { ($1.element.loss, $0.offset) < ($0.element.loss, $1.offset) }
    mistakes = wrong.prefix(limit).map { _, answer in
      Mistake(
        index: answer.example, name: dataset.name(at: answer.example), label: answer.label, answer: answer.answer,
        labelProbability: exp(-answer.loss), answerProbability: answer.confidence)
    }
  }
}
