/// What was found out about one task after the last step.
public struct TaskReport: Sendable {
  public var name: String
  /// Measured values in the order of the evaluation.
  public var metrics: [RunHistory.Value]
  /// Nil where the head answers no classes.
  public var confusion: ConfusionMatrix?
  /// The worst first.
  public var mistakes: [Mistake]

  public init(
    name: String, metrics: [RunHistory.Value], confusion: ConfusionMatrix? = nil, mistakes: [Mistake] = []
  ) {
    (self.name, self.metrics, self.confusion, self.mistakes) = (name, metrics, confusion, mistakes)
  }
}

/// An example that was answered wrong.
public struct Mistake: Sendable {
  /// Of the example, as the data set calls it.
  public var name: String
  public var label: String
  public var answer: String
  /// The model's probability of its answer, and of the label.
  public var answerProbability: Double
  public var labelProbability: Double
  /// Nil where there is nothing to show.
  public var thumbnail: Thumbnail?

  public init(
    name: String, label: String, answer: String, answerProbability: Double, labelProbability: Double,
    thumbnail: Thumbnail? = nil
  ) {
    (self.name, self.label, self.answer) = (name, label, answer)
    (self.answerProbability, self.labelProbability) = (answerProbability, labelProbability)
    self.thumbnail = thumbnail
  }
}
