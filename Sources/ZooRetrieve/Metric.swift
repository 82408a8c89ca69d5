/// What tells near from far.
public enum Metric: String, Sendable, CaseIterable {
  /// The cosine of the angle; rows and queries are brought to length 1.
  case cosine
  /// The inner product of rows and queries as they are.
  case dot
  /// The number of bits that differ.
  case hamming
}

/// Rows of `dimensions` numbers brought to length 1 (the sum of squares in double precision).
///
/// - Parameters:
///   - first: number of the first row, for the error.
///   - file: where they come from.
/// - Throws: `RetrieveError.row` for one without a direction: of zeros, or with a number that is none.
public func unitRows(_ values: [Float], dimensions: Int, first: Int = 0, file: String) throws -> [Float] {
  var result = values
  for row in 0..<(dimensions > 0 ? values.count / dimensions : 0) {
    let range = row * dimensions..<(row + 1) * dimensions
    let sum = values[range].reduce(0.0) { $0 + Double($1) * Double($1) }
    guard sum.isFinite else {
      throw RetrieveError.row(file: file, row: first + row, "holds a value that is infinite or no number")
    }
    guard sum > 0 else {
      throw RetrieveError.row(file: file, row: first + row, "is all zeros and has no direction; --metric dot compares such rows")
    }
    let factor = 1 / sum.squareRoot()
    for place in range { result[place] = Float(Double(values[place]) * factor) }
  }
  return result
}

/// - Throws: `RetrieveError.row` for a row with a value that is infinite or no number.
func checkFinite(_ values: [Float], dimensions: Int, first: Int, file: String) throws {
  guard let place = values.firstIndex(where: { !$0.isFinite }) else { return }
  throw RetrieveError.row(
    file: file, row: first + place / dimensions, "holds a value that is infinite or no number")
}
