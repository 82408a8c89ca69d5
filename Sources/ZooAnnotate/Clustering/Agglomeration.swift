import ZooAlgebra

/// How far apart two clusters are.
public enum Linkage: String, Sendable, CaseIterable {
  /// The mean distance of their points.
  case average
  /// The largest.
  case complete
  /// By how much joining them raises the sum of squares (Ward, 1963); the height is the distance scaled as usual,
  /// sqrt(2 |a| |b| / (|a| + |b|)) times that of the centres.
  case ward
}

/// What was joined to what: number i < points is a point, points + k is the result of step k.
public struct Dendrogram: Sendable, Equatable {
  public struct Step: Sendable, Equatable {
    public let first: Int
    public let second: Int
    public let height: Double
    /// Points of the result.
    public let size: Int
  }

  public let points: Int
  /// points - 1 steps of rising height.
  public let steps: [Step]

  /// The clusters before the last `count - 1` steps, by point; numbered by their first points.
  public func clusters(_ count: Int) -> [Int32] {
    var parent = Array(0..<points + steps.count)
    for (number, step) in steps.prefix(max(0, points - max(count, 1))).enumerated() {
      (parent[step.first], parent[step.second]) = (points + number, points + number)
    }
    var numbers = [Int](repeating: -1, count: parent.count)
    var next = 0
    return (0..<points).map { point in
      var root = point
      while parent[root] != root { root = parent[root] }
      if numbers[root] < 0 {
        numbers[root] = next
        next += 1
      }
      return Int32(truncatingIfNeeded: numbers[root])
    }
  }
}

/// Most points whose distances, half a square matrix in double precision, are held in memory (1 GiB).
public let agglomerationLimit = 16_384

/// Joins the nearest clusters until one is left, by chains of nearest neighbours (Murtagh, 1983; Müllner, "Modern
/// hierarchical, agglomerative clustering algorithms", 2011): time in proportion to the square of the points.
///
/// - Parameter points: [points, dimensions]; distances are Euclidean.
/// - Throws: `AnnotateError.settings` for more than `agglomerationLimit` points.
public func agglomerate(_ points: Matrix<Double>, linkage: Linkage, algebra: Algebra) throws -> Dendrogram {
  let count = points.rows
  guard count <= agglomerationLimit else {
    throw AnnotateError.settings(
      "\(count) rare terms are too many to be joined two by two (at most \(agglomerationLimit)); k-means takes any number")
  }
  guard count > 1 else { return Dendrogram(points: count, steps: []) }
  var distances = try CondensedDistances(points, squared: linkage == .ward, algebra)
  var sizes = [Double](repeating: 1, count: count)
  var isLive = [Bool](repeating: true, count: count)
  var joined: [(first: Int, second: Int, height: Double)] = []
  var chain: [Int] = []
  var firstLive = 0
  while joined.count < count - 1 {
    if chain.isEmpty {
      while !isLive[firstLive] { firstLive += 1 }
      chain.append(firstLive)
    }
    while true {
      let tip = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : -1
      // The one before wins a tie, which ends the chain.
      var (nearest, least) = (before, before >= 0 ? distances[tip, before] : .infinity)
      for other in firstLive..<count where isLive[other] && other != tip {
        let distance = distances[tip, other]
        if distance < least { (nearest, least) = (other, distance) }
      }
      guard nearest == before, before >= 0 else {
        guard nearest >= 0 else { throw AnnotateError.settings("clusters of points that are not numbers") }
        chain.append(nearest)
        continue
      }
      chain.removeLast(2)
      let (kept, gone) = (min(tip, before), max(tip, before))
      joined.append((kept, gone, linkage == .ward ? least.squareRoot() : least))
      isLive[gone] = false
      for other in firstLive..<count where isLive[other] && other != kept {
        distances[kept, other] = updated(
          linkage, distances[kept, other], distances[gone, other], least, sizes[kept], sizes[gone], sizes[other])
      }
      sizes[kept] += sizes[gone]
      break
    }
  }
  return dendrogram(joined, points: count)
}

/// Lance and Williams' formulas; Ward's is for squared distances.
private func updated(
  _ linkage: Linkage, _ a: Double, _ b: Double, _ ab: Double, _ sizeA: Double, _ sizeB: Double, _ size: Double
) -> Double {
  switch linkage {
  case .average: (sizeA * a + sizeB * b) / (sizeA + sizeB)
  case .complete: max(a, b)
  case .ward: ((sizeA + size) * a + (sizeB + size) * b - size * ab) / (sizeA + sizeB + size)
  }
}

/// Chains find the joins out of order: sorted by height they are those of the plain method.
private func dendrogram(_ joined: [(first: Int, second: Int, height: Double)], points: Int) -> Dendrogram {
  let order = joined.indices.sorted { (joined[$0].height, $0) < (joined[$1].height, $1) }
  var parent = Array(0..<2 * points)
  var sizes = [Int](repeating: 1, count: 2 * points)
  func root(_ number: Int) -> Int {
    var at = number
    while parent[at] != at {
      parent[at] = parent[parent[at]]
      at = parent[at]
    }
    return at
  }
  var steps: [Dendrogram.Step] = []
  for (number, place) in order.enumerated() {
    let (a, b) = (root(joined[place].first), root(joined[place].second))
    let size = sizes[a] + sizes[b]
    steps.append(Dendrogram.Step(first: min(a, b), second: max(a, b), height: joined[place].height, size: size))
    (parent[a], parent[b], sizes[points + number]) = (points + number, points + number, size)
  }
  return Dendrogram(points: points, steps: steps)
}

/// Distances of every two points, each once.
private struct CondensedDistances {
  private var values: [Double]
  private let count: Int

  init(_ points: Matrix<Double>, squared: Bool, _ algebra: Algebra) throws {
    count = points.rows
    values = []
    values.reserveCapacity(count * (count - 1) / 2)
    // Row i holds its distances to the points after it.
    let step = 256
    for first in stride(from: 0, to: count, by: step) {
      let rows = min(step, count - first)
      let block = try Matrix(
        rows: rows, columns: points.columns,
        values: Array(points.values[first * points.columns..<(first + rows) * points.columns]))
      let distances = try algebra.squaredDistances(of: block, to: points)
      for row in 0..<rows {
        for other in first + row + 1..<count {
          let value = distances[row, other]
          values.append(squared ? value : value.squareRoot())
        }
      }
    }
  }

  subscript(_ a: Int, _ b: Int) -> Double {
    get { values[place(a, b)] }
    set { values[place(a, b)] = newValue }
  }

  private func place(_ a: Int, _ b: Int) -> Int {
    let (low, high) = a < b ? (a, b) : (b, a)
    return low * (2 * count - low - 1) / 2 + high - low - 1
  }
}
