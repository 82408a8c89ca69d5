import Glibc

/// How well a classifier does on labelled data.
public struct ClassificationResult: Sendable {
  public let count: Int
  /// Shares of examples whose label is the first, or among the first five.
  public let top1: Double
  public let top5: Double
  /// Mean cross-entropy in nats.
  public let loss: Double
  /// For each class its examples and how many were right.
  public let classes: [(name: String, count: Int, correct: Int)]

  /// Mean over classes with examples of each class's share of right answers.
  public var meanPerClass: Double {
    let seen = classes.filter { $0.count > 0 }
    return seen.isEmpty ? 0 : seen.reduce(0) { $0 + Double($1.correct) / Double($1.count) } / Double(seen.count)
  }

  public var values: [(name: String, value: Double)] {
    var values = [("top-1", top1)]
    if classes.count > 5 { values.append(("top-5", top5)) }
    return values + [("mean-per-class", meanPerClass), ("loss", loss), ("images", Double(count))]
  }
}

/// Counts right answers as they come, batch by batch.
struct ClassificationCounter {
  let names: [String]
  private var count = 0, first = 0, amongFive = 0
  private var loss = 0.0
  private var perClass: [(count: Int, correct: Int)]

  init(names: [String]) {
    self.names = names
    perClass = Array(repeating: (0, 0), count: names.count)
  }

  /// - Parameter logits: [labels.count, classes], row-major.
  mutating func add(logits: [Float], labels: [Int32]) {
    let classes = names.count
    for (row, label) in labels.enumerated() where (0..<classes).contains(Int(label)) {
      let scores = logits[(row * classes)..<((row + 1) * classes)]
      let own = scores[row * classes + Int(label)]
      // Equal scores count in the order of the classes, so that an all-equal answer is not called right.
      let better = scores.enumerated().reduce(0) {
        $0 + (($1.element > own || ($1.element == own && $1.offset < Int(label))) ? 1 : 0)
      }
      let largest = Double(scores.max() ?? 0)
      loss += log(scores.reduce(0) { $0 + exp(Double($1) - largest) }) + largest - Double(own)
      count += 1
      first += better == 0 ? 1 : 0
      amongFive += better < 5 ? 1 : 0
      perClass[Int(label)].count += 1
      perClass[Int(label)].correct += better == 0 ? 1 : 0
    }
  }

  var result: ClassificationResult {
    let total = Double(max(count, 1))
    return ClassificationResult(
      count: count, top1: Double(first) / total, top5: Double(amongFive) / total, loss: loss / total,
      classes: zip(names, perClass).map { ($0, $1.count, $1.correct) })
  }
}
