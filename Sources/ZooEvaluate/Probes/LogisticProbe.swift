import ZooAlgebra

/// Multinomial logistic regression on standardised features, by L-BFGS.
///
/// W and b minimise the mean cross-entropy plus penalty/2 · |W|²; the bias bears no penalty. For three classes and more,
/// scikit-learn's `LogisticRegression(C: 1 / (rows · penalty))` behind a `StandardScaler` is the same.
public struct LogisticProbe: FeatureClassifier {
  public let penalty: Double
  /// Whether the gradient became small enough.
  public let converged: Bool
  private let whitening: Whitening
  /// [classes, width].
  private let weights: Matrix<Double>
  private let bias: [Double]

  /// - Parameter tolerance: of the gradient's largest component.
  /// - Throws: `EvaluateError.nothingToLearn` without examples.
  public init(_ train: LabelledRows, penalty: Double, tolerance: Double = 1e-6, _ algebra: Algebra) throws {
    let problem = try LogisticProblem(train, algebra)
    try self.init(problem, problem.solve(penalty, tolerance: tolerance), algebra)
  }

  init(_ problem: LogisticProblem, _ solution: LogisticProblem.Solution, _ algebra: Algebra) throws {
    (penalty, converged, whitening) = (solution.penalty, solution.converged, problem.whitening)
    (weights, bias) = try problem.parameters(solution, algebra)
  }

  /// Logits.
  public func scores(_ rows: Matrix<Float>, _ algebra: Algebra) throws -> Matrix<Double> {
    var logits = try algebra.product(whitening(rows), weights, transposed: .right)
    let classes = bias.count
    for place in logits.values.indices { logits.values[place] += bias[place % classes] }
    return logits
  }
}
