import ZooAlgebra

/// Each feature's mean and deviation over a training set, taken from every row: (x - mean) / (deviation + 1e-5), the
/// deviation with all rows as divisor.
public struct Whitening: Sendable {
  public let mean: [Double]
  /// The deviation plus 1e-5.
  public let scale: [Double]

  public init(_ rows: Matrix<Float>) {
    let count = Double(max(rows.rows, 1))
    var sums = [Double](repeating: 0, count: rows.columns)
    for row in 0..<rows.rows { for (column, value) in rows.row(row).enumerated() { sums[column] += Double(value) } }
    let mean = sums.map { $0 / count }
    var squares = [Double](repeating: 0, count: rows.columns)
    for row in 0..<rows.rows {
      for (column, value) in rows.row(row).enumerated() {
        let difference = Double(value) - mean[column]
        squares[column] += difference * difference
      }
    }
    self.mean = mean
    scale = squares.map { ($0 / count).squareRoot() + 1e-5 }
  }

  public func callAsFunction(_ rows: Matrix<Float>) -> Matrix<Double> {
    var result = Matrix<Double>(rows: rows.rows, columns: rows.columns)
    let width = rows.columns
    for row in 0..<rows.rows {
      for column in 0..<width {
        let place = row * width + column
        result.values[place] = (Double(rows.values[place]) - mean[column]) / scale[column]
      }
    }
    return result
  }
}
