import ZooAlgebra

/// Mean image embedding of each term, added up image by image.
///
/// The sums are in double precision in the order of the images; give them in the order of their records, so that the bits
/// do not depend on anything else.
public struct TermImageMeans: Sendable {
  private var sums: Matrix<Double>
  public private(set) var images: [Int]

  public init(terms: Int, dimensions: Int) {
    sums = Matrix(rows: terms, columns: dimensions)
    images = [Int](repeating: 0, count: max(terms, 0))
  }

  /// - Parameter embedding: of `dimensions` numbers; others are passed over, and so are terms out of range.
  public mutating func add(_ embedding: [Float], terms: [Int]) {
    guard embedding.count == sums.columns else { return }
    for term in terms where images.indices.contains(term) {
      images[term] += 1
      for (column, value) in embedding.enumerated() { sums[term, column] += Double(value) }
    }
  }

  /// Rows of length 1 about the mean of all terms: what they have in common tells nothing. A term without an image has a
  /// row of zeros.
  public var vectors: Matrix<Double> {
    var means = sums
    var centre = [Double](repeating: 0, count: sums.columns)
    let seen = images.count { $0 > 0 }
    for term in images.indices where images[term] > 0 {
      for column in centre.indices {
        means[term, column] /= Double(images[term])
        centre[column] += means[term, column] / Double(seen)
      }
    }
    for term in images.indices where images[term] > 0 {
      for column in centre.indices { means[term, column] -= centre[column] }
    }
    return means.withUnitRows()
  }
}

/// Two kinds of vectors of the same terms as one: rows beside each other, the second's share of squared length being
/// `share` (0 to 1) where a term has both.
public func joined(
  _ first: Matrix<Double>, _ second: Matrix<Double>, share: Double
) throws(AlgebraError) -> Matrix<Double> {
  guard first.rows == second.rows else { throw .shape("vectors of \(first.rows) and of \(second.rows) terms") }
  var result = Matrix<Double>(rows: first.rows, columns: first.columns + second.columns)
  let scales = (max(0, 1 - share).squareRoot(), max(0, share).squareRoot())
  for row in 0..<first.rows {
    for column in 0..<first.columns { result[row, column] = scales.0 * first[row, column] }
    for column in 0..<second.columns { result[row, first.columns + column] = scales.1 * second[row, column] }
  }
  return result.withUnitRows()
}
