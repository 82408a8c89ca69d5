import ZooAlgebra

/// Least squares with an L2 penalty on whitened features: the few-shot linear probe of the ViT and AugReg papers, as in
/// big_vision's `evaluators/fewshot_lsr.py`.
///
/// Features are whitened by the training rows, a constant 100 is appended for the bias (so large that the penalty hardly
/// weighs on it), targets are 1 for the class and -1 for the others, and W minimises |XW - Y|² + l2 |W|².
public struct RidgeClassifier: FeatureClassifier {
  /// The constant that stands for the bias.
  public static let bias = 100.0
  /// 2¹⁰.
  public static let penalty = 1024.0

  private let whitening: Whitening
  /// [width + 1, classes].
  private let weights: Matrix<Double>

  /// - Throws: `EvaluateError.nothingToLearn` without examples.
  public init(_ train: LabelledRows, penalty: Double = Self.penalty, _ algebra: Algebra) throws {
    guard train.count > 0 else { throw EvaluateError.nothingToLearn }
    whitening = Whitening(train.rows)
    let x = Self.appendingBias(whitening(train.rows))
    var y = Matrix<Double>(rows: train.count, columns: train.classes)
    for index in y.values.indices { y.values[index] = -1 }
    for (row, label) in train.labels.enumerated() { y[row, label] = 1 }
    // The smaller of two equal forms: (X'X + l2)⁻¹ X'Y, or X'(XX' + l2)⁻¹ Y where there are fewer rows than features. The
    // reference takes the eigenvalues, to try many penalties; for one, Cholesky's decomposition gives the same.
    if x.rows >= x.columns {
      let gram = try algebra.product(x, x, transposed: .left).addingToDiagonal(penalty)
      weights = try algebra.solvePositive(gram, try algebra.product(x, y, transposed: .left))
    } else {
      let gram = try algebra.product(x, x, transposed: .right).addingToDiagonal(penalty)
      weights = try algebra.product(x, try algebra.solvePositive(gram, y), transposed: .left)
    }
  }

  public func scores(_ rows: Matrix<Float>, _ algebra: Algebra) throws -> Matrix<Double> {
    try algebra.product(Self.appendingBias(whitening(rows)), weights)
  }

  private static func appendingBias(_ x: Matrix<Double>) -> Matrix<Double> {
    var result = Matrix<Double>(rows: x.rows, columns: x.columns + 1)
    for row in 0..<x.rows {
      let place = row * result.columns
      result.values.replaceSubrange(place..<place + x.columns, with: x.row(row))
      result.values[place + x.columns] = bias
    }
    return result
  }
}

extension Matrix where Scalar == Double {
  fileprivate func addingToDiagonal(_ value: Double) -> Matrix {
    var result = self
    for i in 0..<min(rows, columns) { result[i, i] += value }
    return result
  }
}
