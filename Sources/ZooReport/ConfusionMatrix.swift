/// How often each class was answered for each.
public struct ConfusionMatrix: Sendable, Equatable {
  public let classes: [String]
  /// [class, answer], row-major.
  public private(set) var counts: [Int]

  public init(classes: [String]) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes.count * classes.count)
  }

  /// nil unless there is a count for each class and answer, none below 0.
  public init?(classes: [String], counts: [Int]) {
    guard counts.count == classes.count * classes.count, counts.allSatisfy({ $0 >= 0 }) else { return nil }
    (self.classes, self.counts) = (classes, counts)
  }

  /// One more example; numbers that are no class are passed over.
  public mutating func add(label: Int, answer: Int) {
    guard classes.indices.contains(label), classes.indices.contains(answer) else { return }
    counts[label * classes.count + answer] += 1
  }

  public func count(label: Int, answer: Int) -> Int {
    guard classes.indices.contains(label), classes.indices.contains(answer) else { return 0 }
    return counts[label * classes.count + answer]
  }

  /// A class as the matrix sees it.
  public struct Row: Sendable, Equatable {
    public let name: String
    /// Examples of the class, and how many were answered right.
    public let examples: Int
    public let right: Int
    /// How often the class was answered.
    public let answered: Int
    /// The answer most often given instead; nil where none was.
    public let confusedWith: (name: String, count: Int)?

    /// Share of the examples that were right; nil without examples.
    public var recall: Double? { examples > 0 ? Double(right) / Double(examples) : nil }
    /// Share of the answers that were right; nil without answers.
    public var precision: Double? { answered > 0 ? Double(right) / Double(answered) : nil }
    /// 2 right / (examples + answered); nil without either.
    public var f1: Double? { examples + answered > 0 ? 2 * Double(right) / Double(examples + answered) : nil }

    public static func == (a: Row, b: Row) -> Bool {
      (a.name, a.examples, a.right, a.answered) == (b.name, b.examples, b.right, b.answered)
        && a.confusedWith?.name == b.confusedWith?.name && a.confusedWith?.count == b.confusedWith?.count
    }
  }

  /// Every class, in order.
  public var rows: [Row] {
    var answered = [Int](repeating: 0, count: classes.count)
    for (index, count) in counts.enumerated() { answered[index % classes.count] += count }
    return classes.indices.map { label in
      let row = counts[label * classes.count..<(label + 1) * classes.count]
      var worst: (name: String, count: Int)?
      for (answer, count) in row.enumerated() where answer != label && count > worst?.count ?? 0 {
        worst = (classes[answer], count)
      }
      return Row(
        name: classes[label], examples: row.reduce(0, +), right: count(label: label, answer: label),
        answered: answered[label], confusedWith: worst)
    }
  }

  /// The pairs most often confused, at most `limit`, the first classes first among equals.
  func pairs(_ limit: Int) -> [(label: Int, answer: Int, count: Int)] {
    let wrong = counts.indices.filter { counts[$0] > 0 && $0 / classes.count != $0 % classes.count }
    let sorted = wrong.sorted { (counts[$1], $0) < (counts[$0], $1) }
    return sorted.prefix(limit).map { ($0 / classes.count, $0 % classes.count, counts[$0]) }
  }
}
