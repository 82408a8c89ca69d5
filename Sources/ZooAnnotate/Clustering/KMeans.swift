import ZooAlgebra
import ZooData

/// How k-means is run.
public struct KMeansOptions: Sendable, Equatable {
  public var clusters: Int
  /// Beginnings to try; the result of least inertia is kept.
  public var restarts: Int
  /// Of Lloyd's iteration, or batches of the other.
  public var iterations: Int
  /// Lloyd's iteration ends when the centres' squared moves add up to at most this share of the mean variance.
  public var tolerance: Double
  /// Points of a batch; nil for Lloyd's iteration over all.
  public var batch: Int?
  public var seed: UInt64

  public init(
    clusters: Int, restarts: Int = 4, iterations: Int = 300, tolerance: Double = 1e-4, batch: Int? = nil, seed: UInt64 = 0
  ) {
    (self.clusters, self.restarts, self.iterations) = (clusters, restarts, iterations)
    (self.tolerance, self.batch, self.seed) = (tolerance, batch, seed)
  }
}

/// Points in clusters, each nearest to its own centre.
public struct KMeansResult: Sendable, Equatable {
  public let centres: [Double]
  /// By point.
  public let clusterOf: [Int32]
  /// Squared distances to the points' centres, added up.
  public let inertia: Double
  public let iterations: Int
}

/// Lloyd's k-means, or by mini-batches (Sculley, "Web-scale k-means clustering", WWW 2010), from greedy k-means++ centres.
///
/// The result is a function of the points and the options: distances are computed in fixed blocks, centres added up in the
/// order of the points, random numbers named by what they are for; so the number of threads does not matter.
///
/// - Parameter points: [points, dimensions].
/// - Throws: `AnnotateError.settings` where there are fewer points than clusters.
public func kMeans(_ points: Matrix<Double>, options: KMeansOptions, algebra: Algebra) throws -> KMeansResult {
  guard options.clusters >= 1, options.clusters <= points.rows else {
    throw AnnotateError.settings("\(options.clusters) clusters of \(points.rows) points")
  }
  var best: KMeansResult?
  for restart in 0..<max(options.restarts, 1) {
    let random = CounterRandom(seed: options.seed, UInt64(restart))
    var centres = try plusPlusCentres(points, count: options.clusters, random: random.split(0), algebra: algebra)
    if let batch = options.batch {
      centres = try miniBatches(points, centres, batch: batch, options, random.split(1), algebra)
    }
    let result = try lloyd(points, centres, options, algebra)
    if result.inertia < best?.inertia ?? .infinity { best = result }
  }
  guard let best else { throw AnnotateError.settings("k-means of points that are not numbers") }
  return best
}

/// After mini-batches too, a few of Lloyd's steps: every point comes to its nearest centre.
private func lloyd(
  _ points: Matrix<Double>, _ begin: Matrix<Double>, _ options: KMeansOptions, _ algebra: Algebra
) throws -> KMeansResult {
  let limit = options.tolerance * meanVariance(points)
  var centres = begin
  var nearest = try algebra.nearestRows(of: points, in: centres)
  var iteration = 0
  while iteration < (options.batch == nil ? max(options.iterations, 1) : 1) {
    iteration += 1
    let next = means(points, nearest, like: centres)
    let moved = zip(next.values, centres.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    centres = next
    let again = try algebra.nearestRows(of: points, in: centres)
    let isSame = again.indices == nearest.indices
    nearest = again
    if isSame || moved <= limit { break }
  }
  return KMeansResult(
    centres: centres.values, clusterOf: nearest.indices, inertia: nearest.squaredDistances.reduce(0, +),
    iterations: iteration)
}

/// Means of the clusters' points; a cluster without points takes the point that is furthest from its own centre.
private func means(_ points: Matrix<Double>, _ nearest: NearestRows, like before: Matrix<Double>) -> Matrix<Double> {
  var sums = Matrix<Double>(rows: before.rows, columns: before.columns)
  var counts = [Int](repeating: 0, count: before.rows)
  let width = points.columns
  for point in 0..<points.rows {
    let cluster = Int(nearest.indices[point])
    counts[cluster] += 1
    for column in 0..<width { sums.values[cluster * width + column] += points.values[point * width + column] }
  }
  let empty = counts.indices.filter { counts[$0] == 0 }
  if !empty.isEmpty {
    let furthest = points.rows > 0 ? Array(0..<points.rows).sorted {
      (nearest.squaredDistances[$1], $0) < (nearest.squaredDistances[$0], $1)
    } : []
    for (cluster, point) in zip(empty, furthest) {
      let old = Int(nearest.indices[point])
      // Never the last point of a cluster.
      guard counts[old] > 1 else { continue }
      for column in 0..<width {
        let value = points.values[point * width + column]
        sums.values[old * width + column] -= value
        sums.values[cluster * width + column] = value
      }
      counts[old] -= 1
      counts[cluster] = 1
    }
  }
  for cluster in counts.indices {
    for column in 0..<width {
      let place = cluster * width + column
      sums.values[place] = counts[cluster] > 0 ? sums.values[place] / Double(counts[cluster]) : before.values[place]
    }
  }
  return sums
}

/// Each batch moves its points' centres towards them, by 1 / (points that the centre has had).
private func miniBatches(
  _ points: Matrix<Double>, _ begin: Matrix<Double>, batch: Int, _ options: KMeansOptions, _ random: CounterRandom,
  _ algebra: Algebra
) throws -> Matrix<Double> {
  var centres = begin
  var counts = [Double](repeating: 0, count: centres.rows)
  let size = max(1, min(batch, points.rows))
  let width = points.columns
  for step in 0..<max(options.iterations, 1) {
    var draw = random.split(UInt64(step))
    var sample = Matrix<Double>(rows: size, columns: width)
    for row in 0..<size {
      let point = draw.integer(below: points.rows)
      for column in 0..<width { sample.values[row * width + column] = points.values[point * width + column] }
    }
    let nearest = try algebra.nearestRows(of: sample, in: centres)
    for row in 0..<size {
      let cluster = Int(nearest.indices[row])
      counts[cluster] += 1
      let rate = 1 / counts[cluster]
      for column in 0..<width {
        let place = cluster * width + column
        centres.values[place] += rate * (sample.values[row * width + column] - centres.values[place])
      }
    }
  }
  return centres
}

/// The variance of a column, mean of all.
private func meanVariance(_ points: Matrix<Double>) -> Double {
  guard points.rows > 0, points.columns > 0 else { return 0 }
  var (sums, squares) = ([Double](repeating: 0, count: points.columns), 0.0)
  for (place, value) in points.values.enumerated() { sums[place % points.columns] += value }
  let middle = sums.map { $0 / Double(points.rows) }
  for (place, value) in points.values.enumerated() {
    let rest = value - middle[place % points.columns]
    squares += rest * rest
  }
  return squares / Double(points.values.count)
}
