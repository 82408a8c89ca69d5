import Glibc

/// How well clusters agree with known classes.
public struct ClusterQuality: Sendable, Equatable {
  /// The share of items that belong to their cluster's most frequent class.
  public let purity: Double
  /// The share of items that are in their class's most frequent cluster.
  public let inversePurity: Double
  /// Mutual information over the mean of both entropies: 1 for the same partition.
  public let normalizedMutualInformation: Double
  /// The Rand index adjusted for chance (Hubert and Arabie, 1985): 1 for the same partition, 0 for a random one.
  public let adjustedRand: Double
  /// Of every two items in a cluster, those of one class (precision), and the other way about (recall).
  public let pairPrecision: Double
  public let pairRecall: Double
  public var pairF1: Double {
    pairPrecision + pairRecall > 0 ? 2 * pairPrecision * pairRecall / (pairPrecision + pairRecall) : 0
  }

  /// - Parameters:
  ///   - clusters: numbers of the items' clusters; items below 0 are left out.
  ///   - classes: of the same items.
  ///   - weights: of the items, such as their records; nil for 1 each. Pairs have the product of both.
  public init(clusters: [Int], classes: [Int], weights: [Double]? = nil) {
    var cells: [Cell: Double] = [:]
    var (own, other) = ([Int: Double](), [Int: Double]())
    var (total, squares) = (0.0, 0.0)
    for (item, (cluster, klass)) in zip(clusters, classes).enumerated() where cluster >= 0 && klass >= 0 {
      let weight = weights.map { item < $0.count ? $0[item] : 0 } ?? 1
      cells[Cell(cluster: cluster, klass: klass), default: 0] += weight
      own[cluster, default: 0] += weight
      other[klass, default: 0] += weight
      total += weight
      squares += weight * weight
    }
    let table = cells.sorted { ($0.key.cluster, $0.key.klass) < ($1.key.cluster, $1.key.klass) }
    let (rows, columns) = (own.sorted { $0.key < $1.key }, other.sorted { $0.key < $1.key })
    var (best, inverse) = ([Int: Double](), [Int: Double]())
    var (information, inCell) = (0.0, 0.0)
    for (cell, weight) in table {
      best[cell.cluster] = max(best[cell.cluster] ?? 0, weight)
      inverse[cell.klass] = max(inverse[cell.klass] ?? 0, weight)
      inCell += weight * weight
      if weight > 0 {
        information += weight / total * log(weight * total / ((own[cell.cluster] ?? 1) * (other[cell.klass] ?? 1)))
      }
    }
    func entropy(_ parts: [(key: Int, value: Double)]) -> Double {
      parts.reduce(0) { $1.value > 0 ? $0 - $1.value / total * log($1.value / total) : $0 }
    }
    // Ordered pairs of two different items.
    let together = inCell - squares
    let inClusters = rows.reduce(0) { $0 + $1.value * $1.value } - squares
    let inClasses = columns.reduce(0) { $0 + $1.value * $1.value } - squares
    let all = total * total - squares
    let middle = (entropy(rows) + entropy(columns)) / 2
    purity = total > 0 ? rows.reduce(0) { $0 + (best[$1.key] ?? 0) } / total : 0
    inversePurity = total > 0 ? columns.reduce(0) { $0 + (inverse[$1.key] ?? 0) } / total : 0
    normalizedMutualInformation = middle > 0 ? max(0, information / middle) : (total > 0 ? 1 : 0)
    pairPrecision = inClusters > 0 ? together / inClusters : 0
    pairRecall = inClasses > 0 ? together / inClasses : 0
    let expected = all > 0 ? inClusters * inClasses / all : 0
    let most = (inClusters + inClasses) / 2
    adjustedRand = most - expected != 0 ? (together - expected) / (most - expected) : 1
  }

  private struct Cell: Hashable {
    let cluster: Int
    let klass: Int
  }
}
