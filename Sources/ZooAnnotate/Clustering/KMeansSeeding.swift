import Glibc
import ZooAlgebra
import ZooData

/// Centres by greedy k-means++: each next one is a point drawn in proportion to its squared distance from those before, the
/// best of 2 + ln(count) draws (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007).
///
/// - Parameter count: at most as many as there are points.
func plusPlusCentres(
  _ points: Matrix<Double>, count: Int, random: CounterRandom, algebra: Algebra
) throws -> Matrix<Double> {
  var random = random
  let width = points.columns
  var centres: [Double] = []
  centres.reserveCapacity(count * width)
  func row(_ point: Int) -> [Double] { Array(points.row(point)) }
  func distances(_ candidates: [Int]) throws -> Matrix<Double> {
    let rows = try Matrix(rows: candidates.count, columns: width, values: candidates.flatMap(row))
    return try algebra.squaredDistances(of: points, to: rows)
  }
  let trials = 2 + Int(log(Double(count)))
  let first = random.integer(below: points.rows)
  centres += row(first)
  var least = try distances([first]).values
  for _ in 1..<max(count, 1) {
    let drawn = draw(trials, least, &random)
    let from = try distances(drawn)
    var best: (sum: Double, trial: Int)?
    for trial in drawn.indices {
      var sum = 0.0
      for point in least.indices { sum += min(least[point], from.values[point * drawn.count + trial]) }
      if sum < best?.sum ?? .infinity { best = (sum, trial) }
    }
    let chosen = best?.trial ?? 0
    centres += row(drawn[chosen])
    for point in least.indices { least[point] = min(least[point], from.values[point * drawn.count + chosen]) }
  }
  return try Matrix(rows: max(count, 1), columns: width, values: centres)
}

/// Points in proportion to their weights; any where all weigh nothing.
private func draw(_ count: Int, _ weights: [Double], _ random: inout CounterRandom) -> [Int] {
  var cumulative: [Double] = []
  cumulative.reserveCapacity(weights.count)
  var sum = 0.0
  for weight in weights {
    sum += weight
    cumulative.append(sum)
  }
  return (0..<count).map { _ in
    guard sum > 0 else { return random.integer(below: weights.count) }
    let target = random.uniform() * sum
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
