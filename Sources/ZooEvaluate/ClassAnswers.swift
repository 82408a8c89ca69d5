import Glibc
import ZooData

/// What a classifier said of one example whose class is known.
public struct ClassAnswer: Sendable, Equatable {
  /// Index in the data set.
  public let example: Int
  public let label: Int
  /// The likeliest class.
  public let answer: Int
  /// Classes that are likelier than the label.
  public let rank: Int
  /// Cross-entropy in nats.
  public let loss: Double
  /// Probability of the answer.
  public let confidence: Double
}

/// Answers of a head that scores classes against each other.
public struct ClassAnswers: Answers {
  public static let metrics = [
    "top-1", "top-5", "mean-per-class", "f1-macro", "auc", "calibration-error", "loss", "images",
  ]
  /// The area under the curve needs every probability and a sort for each class.
  private static let mostClassesForAUC = 100, mostProbabilities = 1 << 26

  let names: [String]
  public private(set) var all: [ClassAnswer] = []
  /// [answers, classes]; empty where there are too many.
  private var probabilities: [Float] = []

  public init(names: [String]) { self.names = names }

  public mutating func add(_ output: [Float], _ labels: BatchLabels, examples: [Int]) {
    guard case .classes(let labels) = labels else { return }
    let classes = names.count
    for (row, label) in labels.enumerated() where (0..<classes).contains(Int(label)) {
      let scores = output[(row * classes)..<((row + 1) * classes)]
      let (start, own) = (scores.startIndex, scores[scores.startIndex + Int(label)])
      // Equal scores count in the order of the classes, so that an all-equal answer is not called right.
      let rank = scores.indices.reduce(0) {
        $0 + ((scores[$1] > own || (scores[$1] == own && $1 - start < Int(label))) ? 1 : 0)
      }
      let largest = Double(scores.max() ?? 0)
      let powers = scores.map { exp(Double($0) - largest) }
      let sum = powers.reduce(0, +)
      let answer = scores.indices.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) } ?? start
      all.append(
        ClassAnswer(
          example: examples[row], label: Int(label), answer: rank == 0 ? Int(label) : answer - start, rank: rank,
          loss: log(sum) + largest - Double(own), confidence: (powers.max() ?? 0) / sum))
      if classes <= Self.mostClassesForAUC { probabilities += powers.map { Float($0 / sum) } }
    }
    if probabilities.count > Self.mostProbabilities { probabilities = [] }
  }

  public func measures(_ included: (Int) -> Bool) -> Measures {
    let chosen = all.indices.filter { included(all[$0].example) }
    let answers = chosen.map { all[$0] }
    let count = Double(max(answers.count, 1))
    func share(_ isRight: (ClassAnswer) -> Bool) -> Double? {
      answers.isEmpty ? nil : Double(answers.count(where: isRight)) / count
    }
    let (labels, chosenClasses) = (answers.map(\.label), answers.map(\.answer))
    let counts = ClassCounts(classes: names.count, labels: labels, answers: chosenClasses)
    var result = Measures(
      [
        ("top-1", share { $0.rank == 0 }), ("top-5", names.count > 5 ? share { $0.rank < 5 } : nil),
        ("mean-per-class", counts.meanPerClass), ("f1-macro", counts.f1Macro), ("auc", area(chosen)),
        ("calibration-error", calibrationError(answers.map(\.confidence), answers.map { $0.rank == 0 })),
        ("loss", answers.isEmpty ? nil : answers.reduce(0) { $0 + $1.loss } / count),
      ], images: answers.count)
    if names.count <= ConfusionCounts.mostClasses {
      result.confusion = ConfusionCounts(classes: names.count, labels: labels, answers: chosenClasses)
    }
    result.classes = names.indices.map { (names[$0], counts.labelled[$0], counts.correct[$0]) }
    return result
  }

  /// Each class against all others, the mean over those that have both.
  private func area(_ chosen: [Int]) -> Double? {
    guard probabilities.count == all.count * names.count else { return nil }
    let areas = names.indices.compactMap { label in
      areaUnderCurve(chosen.map { probabilities[$0 * names.count + label] }, chosen.map { all[$0].label == label })
    }
    return areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count)
  }
}
