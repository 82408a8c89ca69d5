/// Dense and row-major: element (i, j) is `values[i * columns + j]`.
public struct Matrix<Scalar: BinaryFloatingPoint & Sendable>: Sendable {
  public let rows: Int
  public let columns: Int
  public var values: [Scalar]

  /// - Throws: where `values` has not `rows` times `columns` elements.
  public init(rows: Int, columns: Int, values: [Scalar]) throws(AlgebraError) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows >= 0, columns >= 0, !overflow, values.count == count else {
      throw .shape("\(values.count) values for \(rows) x \(columns)")
    }
    (self.rows, self.columns, self.values) = (rows, columns, values)
  }

  public init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (max(rows, 0), max(columns, 0))
    values = [Scalar](repeating: 0, count: self.rows * self.columns)
  }

  public subscript(row: Int, column: Int) -> Scalar {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  public func row(_ index: Int) -> ArraySlice<Scalar> { values[index * columns..<(index + 1) * columns] }

  /// The rows of a range, which must lie inside.
  public func rows(_ range: Range<Int>) throws(AlgebraError) -> Matrix {
    guard range.lowerBound >= 0, range.upperBound <= rows else {
      throw .shape("rows \(range.lowerBound)..<\(range.upperBound) of \(rows)")
    }
    return try Matrix(
      rows: range.count, columns: columns,
      values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }

  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    // Blocks, so that both sides stay in the cache.
    let block = 32
    for top in stride(from: 0, to: rows, by: block) {
      for left in stride(from: 0, to: columns, by: block) {
        for i in top..<min(top + block, rows) {
          for j in left..<min(left + block, columns) { result.values[j * rows + i] = values[i * columns + j] }
        }
      }
    }
    return result
  }

  /// Its first `count` columns, or all.
  public func firstColumns(_ count: Int) -> Matrix {
    let kept = max(0, min(count, columns))
    var result = Matrix(rows: rows, columns: kept)
    for i in 0..<rows { for j in 0..<kept { result.values[i * kept + j] = values[i * columns + j] } }
    return result
  }
}

extension Matrix where Scalar == Float {
  public var inDouble: Matrix<Double> {
    var result = Matrix<Double>(rows: rows, columns: columns)
    for i in values.indices { result.values[i] = Double(values[i]) }
    return result
  }
}
