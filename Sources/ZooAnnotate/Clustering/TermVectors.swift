import Glibc
import ZooAlgebra

/// How terms become vectors.
public struct TermVectorOptions: Sendable, Equatable {
  /// Of the vectors; fewer where the counts have fewer.
  public var dimensions: Int
  /// Contexts count by this power of their frequency, which keeps rare ones from looking telling.
  public var smoothing: Double
  /// The logarithm of this is taken from every value: words that merely meet are 0.
  public var shift: Double
  /// Vectors are U · Σ^power.
  public var power: Double
  public var seed: UInt64

  public init(
    dimensions: Int = 64, smoothing: Double = 0.75, shift: Double = 1, power: Double = 0.5, seed: UInt64 = 0
  ) {
    (self.dimensions, self.smoothing, self.shift) = (dimensions, smoothing, shift)
    (self.power, self.seed) = (power, seed)
  }
}

/// Positive pointwise mutual information of terms and contexts that occur together:
/// max(0, log(n(t, c) · N / (n(t) · n(c)^α)) - log(shift)), with n(c)^α scaled to the sum N (Levy, Goldberg and Dagan,
/// "Improving distributional similarity with lessons learned from word embeddings", TACL 2015).
///
/// - Parameter counts: [terms, contexts], not negative; row and column sums are those of `counts` itself.
public func positiveMutualInformation(
  _ counts: SparseMatrix, smoothing: Double = 0.75, shift: Double = 1
) throws(AlgebraError) -> SparseMatrix {
  var rowSums = [Double](repeating: 0, count: counts.rows)
  var columnSums = [Double](repeating: 0, count: counts.columnCount)
  for row in 0..<counts.rows {
    for place in counts.starts[row]..<counts.starts[row + 1] {
      rowSums[row] += counts.values[place]
      columnSums[Int(counts.columns[place])] += counts.values[place]
    }
  }
  let smoothed = columnSums.map { $0 > 0 ? pow($0, smoothing) : 0 }
  let all = smoothed.reduce(0, +)
  var entries: [SparseMatrix.Entry] = []
  for row in 0..<counts.rows {
    for place in counts.starts[row]..<counts.starts[row + 1] where counts.values[place] > 0 {
      let column = Int(counts.columns[place])
      let value = log(counts.values[place] * all / (rowSums[row] * smoothed[column])) - log(shift)
      if value > 0 { entries.append(SparseMatrix.Entry(row, column, value)) }
    }
  }
  return try SparseMatrix(rows: counts.rows, columns: counts.columnCount, entries: entries)
}

/// Vectors of terms from the company they keep: positive mutual information, reduced by a truncated singular value
/// decomposition. Rows have length 1; a term without company has a row of zeros.
///
/// - Parameters:
///   - terms: how many there are.
///   - pairs: records that have both of two terms; each is taken in both directions.
///   - contexts: terms that make up the columns; nil for all.
public func termVectors(
  terms: Int, pairs: [TermCounts.Pair], contexts: [Int]? = nil, options: TermVectorOptions = TermVectorOptions(),
  algebra: Algebra
) throws -> Matrix<Double> {
  var columnOf = [Int32](repeating: -1, count: terms)
  for (column, term) in (contexts ?? Array(0..<terms)).enumerated() where (0..<terms).contains(term) {
    columnOf[term] = Int32(truncatingIfNeeded: column)
  }
  var entries: [SparseMatrix.Entry] = []
  entries.reserveCapacity(2 * pairs.count)
  for pair in pairs {
    let (first, second) = (Int(pair.first), Int(pair.second))
    guard (0..<terms).contains(first), (0..<terms).contains(second) else {
      throw AnnotateError.settings("a pair of the terms \(first) and \(second) among \(terms)")
    }
    if columnOf[second] >= 0 {
      entries.append(SparseMatrix.Entry(first, Int(columnOf[second]), Double(pair.records)))
    }
    if columnOf[first] >= 0 {
      entries.append(SparseMatrix.Entry(second, Int(columnOf[first]), Double(pair.records)))
    }
  }
  let counts = try SparseMatrix(rows: terms, columns: contexts?.count ?? terms, entries: entries)
  let information = try positiveMutualInformation(counts, smoothing: options.smoothing, shift: options.shift)
  let most = min(information.rows, information.columnCount)
  guard most > 0, !information.values.isEmpty else { return Matrix(rows: terms, columns: 0) }
  let rank = max(1, min(options.dimensions, most))
  let parts = try algebra.truncatedSVD(
    information, rank: rank, options: TruncatedSVDOptions(tolerance: 1e-6, restarts: 12, mustConverge: false, seed: options.seed))
  var vectors = parts.u
  let scales = parts.values.map { $0 > 0 ? pow($0, options.power) : 0 }
  for row in 0..<vectors.rows { for column in 0..<rank { vectors[row, column] *= scales[column] } }
  // A term without company may have rounding errors in place of zeros, which must not become a direction.
  let isEmpty = (0..<terms).map { information.starts[$0] == information.starts[$0 + 1] }
  return vectors.withUnitRows { !isEmpty[$0] }
}

extension Matrix where Scalar == Double {
  /// Rows divided by their lengths; those of no length, or that `keeps` refuses, are zeros.
  func withUnitRows(where keeps: (Int) -> Bool = { _ in true }) -> Matrix {
    var result = self
    for row in 0..<rows {
      let length = self.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
      let scale = length > 1e-150 && keeps(row) ? 1 / length : 0
      for place in row * columns..<(row + 1) * columns { result.values[place] *= scale }
    }
    return result
  }
}
