import ZooAlgebra
import ZooData

/// Features with their classes: what a classifier over features learns from or is measured on.
public struct LabelledRows: Sendable {
  /// [examples, width].
  public let rows: Matrix<Float>
  /// One for each row, in 0..<classes.
  public let labels: [Int]
  public let classes: Int
  /// Of each row in the data set that it was taken from.
  public let indices: [Int]

  /// - Parameters:
  ///   - features: a row for each example of the data set.
  ///   - indices: which examples; nil for all. Those without a class, or that could not be read, are left out.
  public init(_ features: Matrix<Float>, _ dataset: any Dataset, at indices: [Int]? = nil) {
    let labels = (0..<dataset.count).map { dataset.label(at: $0) }
    self.init(features, labels: labels, classes: dataset.classCount, at: indices)
  }

  /// The same with labels by example; -1 for one that has none.
  public init(_ features: Matrix<Float>, labels: [Int], classes: Int, at indices: [Int]? = nil) {
    let wanted = indices ?? Array(0..<min(features.rows, labels.count))
    let chosen = wanted.filter {
      $0 < labels.count && (0..<classes).contains(labels[$0]) && $0 < features.rows
        && (features.columns == 0 || !features[$0, 0].isNaN)
    }
    var rows = Matrix<Float>(rows: chosen.count, columns: features.columns)
    for (row, index) in chosen.enumerated() {
      let place = row * features.columns
      rows.values.replaceSubrange(place..<place + features.columns, with: features.row(index))
    }
    (self.rows, self.labels, self.classes) = (rows, chosen.map { labels[$0] }, classes)
    self.indices = chosen
  }

  public var count: Int { labels.count }

  /// The rows at these places.
  public func choosing(_ places: [Int]) -> LabelledRows {
    var all = [Int](repeating: -1, count: count)
    for place in places { all[place] = labels[place] }
    return LabelledRows(rows, labels: all, classes: classes, at: places)
  }

  /// The share of answers that are right; nil without examples.
  public func accuracy(_ answers: [Int]) -> Double? {
    labels.isEmpty ? nil : Double(zip(labels, answers).count { $0 == $1 }) / Double(labels.count)
  }
}

/// What tells classes from features once it has learnt.
public protocol FeatureClassifier: Sendable {
  /// [rows, classes]: larger is likelier.
  func scores(_ rows: Matrix<Float>, _ algebra: Algebra) throws -> Matrix<Double>
}

extension FeatureClassifier {
  /// The likeliest class of each row; of equal ones the first.
  public func answers(_ rows: Matrix<Float>, _ algebra: Algebra) throws -> [Int] {
    var answers: [Int] = []
    // In blocks: the scores of many rows need not exist at once.
    let block = 4096
    for start in stride(from: 0, to: rows.rows, by: block) {
      let part = try rows.rows(start..<min(start + block, rows.rows))
      let scores = try self.scores(part, algebra)
      for row in 0..<scores.rows {
        let own = scores.row(row)
        let best = own.indices.max { own[$0] < own[$1] || (own[$0] == own[$1] && $0 > $1) } ?? own.startIndex
        answers.append(best - own.startIndex)
      }
    }
    return answers
  }

  public func accuracy(_ test: LabelledRows, _ algebra: Algebra) throws -> Double? {
    test.accuracy(try answers(test.rows, algebra))
  }
}
