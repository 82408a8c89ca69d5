import Glibc
import ZooAlgebra

/// The classes of the nearest training rows, by vote.
public struct NeighbourClassifier: FeatureClassifier {
  /// What is near.
  public enum Metric: String, Sendable, CaseIterable {
    /// The angle between rows; a row of zeros is as far as a right angle from all.
    case cosine
    case euclidean
  }

  public let count: Int
  public let metric: Metric
  /// A neighbour's vote weighs exp(s / temperature), s its cosine or its negative distance; 0 for equal votes.
  public let temperature: Double
  private let train: LabelledRows
  /// Of unit length (cosine), or less the training mean (euclidean: what is subtracted from both sides changes no
  /// distance, and keeps digits). In blocks: those of both sides bound the memory of their products.
  private let known: [Matrix<Double>]
  private let squares: [Double]
  private let mean: [Double]

  /// - Parameters:
  ///   - count: neighbours that vote; all training rows where there are fewer.
  ///   - temperature: nil for 0.07 with cosines (Wu et al. 2018) and equal votes with distances.
  public init(
    _ train: LabelledRows, count: Int = 20, metric: Metric = .cosine, temperature: Double? = nil
  ) throws {
    guard train.count > 0 else { throw EvaluateError.nothingToLearn }
    (self.train, self.metric) = (train, metric)
    self.count = max(1, min(count, train.count))
    self.temperature = temperature ?? (metric == .cosine ? 0.07 : 0)
    mean = metric == .cosine ? [] : Whitening(train.rows).mean
    let (mean, side) = (mean, 8192)
    known = try stride(from: 0, to: train.count, by: side).map { start in
      Self.prepared(try train.rows.rows(start..<min(start + side, train.count)), metric, mean)
    }
    squares = metric == .cosine ? [] : known.flatMap(Self.squares)
  }

  public func scores(_ rows: Matrix<Float>, _ algebra: Algebra) throws -> Matrix<Double> {
    var votes = Matrix<Double>(rows: rows.rows, columns: train.classes)
    let block = 256
    for start in stride(from: 0, to: rows.rows, by: block) {
      let asked = Self.prepared(try rows.rows(start..<min(start + block, rows.rows)), metric, mean)
      let own = metric == .cosine ? [] : Self.squares(asked)
      var nearest = [Nearest](repeating: Nearest(count), count: asked.rows)
      var first = 0
      for part in known {
        let products = try algebra.product(asked, part, transposed: .right)
        for row in 0..<asked.rows {
          products.row(row).withUnsafeBufferPointer { values in
            for (column, product) in values.enumerated() {
              let index = first + column
              // Nearness: the cosine, or the negative squared distance.
              nearest[row].offer(metric == .cosine ? product : 2 * product - squares[index] - own[row], index)
            }
          }
        }
        first += part.rows
      }
      for row in 0..<asked.rows { vote(nearest[row], into: &votes, row: start + row) }
    }
    return votes
  }

  private func vote(_ nearest: Nearest, into votes: inout Matrix<Double>, row: Int) {
    let likeness = nearest.found.map { metric == .cosine ? $0.nearness : -max(0, -$0.nearness).squareRoot() }
    let best = likeness.first ?? 0
    for (neighbour, likeness) in zip(nearest.found, likeness) {
      votes[row, train.labels[neighbour.index]] += temperature > 0 ? exp((likeness - best) / temperature) : 1
    }
  }

  private static func prepared(_ rows: Matrix<Float>, _ metric: Metric, _ mean: [Double]) -> Matrix<Double> {
    var result = rows.inDouble
    for row in 0..<result.rows {
      let range = row * result.columns..<(row + 1) * result.columns
      switch metric {
      case .cosine:
        let length = result.values[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { continue }
        for place in range { result.values[place] /= length }
      case .euclidean:
        for place in range { result.values[place] -= mean[place - range.lowerBound] }
      }
    }
    return result
  }

  private static func squares(_ rows: Matrix<Double>) -> [Double] {
    (0..<rows.rows).map { rows.row($0).reduce(0) { $0 + $1 * $1 } }
  }
}

/// The nearest of those that were offered, nearest first; of equal ones, those offered first.
private struct Nearest {
  private let limit: Int
  private(set) var found: [(nearness: Double, index: Int)] = []

  init(_ limit: Int) { self.limit = limit }

  mutating func offer(_ nearness: Double, _ index: Int) {
    if found.count == limit {
      guard let last = found.last, nearness > last.nearness else { return }
      found.removeLast()
    }
    var place = found.count
    while place > 0, found[place - 1].nearness < nearness { place -= 1 }
    found.insert((nearness, index), at: place)
  }
}
