import Glibc
import ZooAlgebra

/// The numbers of one logistic regression, for solving it with several penalties.
struct LogisticProblem {
  let whitening: Whitening
  private let labels: [Int]
  private let classes: Int
  /// [rows, width], or [rows, rows] on an orthonormal basis of what the rows span where they are fewer than the features:
  /// the penalised solution lies there, and a rotation leaves its length.
  private let x: Matrix<Double>
  /// [width, rows]; nil where x is the rows themselves.
  private let basis: Matrix<Double>?
  private let algebra: Algebra

  struct Solution {
    let penalty: Double
    let converged: Bool
    /// Weights [classes, width of x], then a bias for each class.
    fileprivate let point: [Double]
  }

  init(_ train: LabelledRows, _ algebra: Algebra) throws {
    guard train.count > 0 else { throw EvaluateError.nothingToLearn }
    whitening = Whitening(train.rows)
    (labels, classes, self.algebra) = (train.labels, train.classes, algebra)
    let rows = whitening(train.rows)
    if rows.rows < rows.columns {
      let basis = try algebra.orthonormal(rows.transposed)
      self.basis = basis
      x = try algebra.product(rows, basis)
    } else {
      (basis, x) = (nil, rows)
    }
  }

  /// - Parameter start: a solution near this one.
  func solve(
    _ penalty: Double, from start: Solution? = nil, tolerance: Double, iterations: Int = 1000
  ) throws -> Solution {
    var method = LBFGS()
    (method.tolerance, method.maximumIterations) = (tolerance, iterations)
    let zero = [Double](repeating: 0, count: classes * x.columns + classes)
    let result = try method.minimise(from: start?.point ?? zero) { try loss($0, penalty) }
    return Solution(penalty: penalty, converged: result.converged, point: result.point)
  }

  /// Weights [classes, features] and biases for whitened features.
  func parameters(_ solution: Solution, _ algebra: Algebra) throws -> (Matrix<Double>, [Double]) {
    let weights = try weights(solution.point)
    let bias = Array(solution.point[(classes * x.columns)...])
    return (try basis.map { try algebra.product(weights, $0, transposed: .right) } ?? weights, bias)
  }

  private func weights(_ point: [Double]) throws -> Matrix<Double> {
    try Matrix(rows: classes, columns: x.columns, values: Array(point[..<(classes * x.columns)]))
  }

  /// The penalised mean cross-entropy and its gradient.
  private func loss(_ point: [Double], _ penalty: Double) throws -> (Double, [Double]) {
    let weights = try weights(point)
    let count = classes * x.columns
    var errors = try algebra.product(x, weights, transposed: .right)
    var sum = 0.0
    var biases = [Double](repeating: 0, count: classes)
    let share = 1 / Double(labels.count)
    errors.values.withUnsafeMutableBufferPointer { errors in
      for (row, label) in labels.enumerated() {
        let first = row * classes
        var largest = -Double.infinity
        for column in 0..<classes {
          errors[first + column] += point[count + column]
          largest = max(largest, errors[first + column])
        }
        let own = errors[first + label]
        var total = 0.0
        for place in first..<first + classes {
          errors[place] = exp(errors[place] - largest)
          total += errors[place]
        }
        sum += log(total) + largest - own
        for column in 0..<classes {
          let probability = errors[first + column] / total
          errors[first + column] = (probability - (column == label ? 1 : 0)) * share
          biases[column] += errors[first + column]
        }
      }
    }
    var gradient = try algebra.product(errors, x, transposed: .left).values
    var squares = 0.0
    for place in 0..<count {
      squares += point[place] * point[place]
      gradient[place] += penalty * point[place]
    }
    return (sum * share + penalty / 2 * squares, gradient + biases)
  }
}
