import Glibc

/// Logistic regression with a penalty on the squares of all weights but the last, the constant's, fitted by Newton's method.
enum LogisticRegression {
  /// - Parameters:
  ///   - rows: features, the last of which is 1.
  ///   - labels: whether each row is right.
  ///   - penalty: half of it times the sum of squares is added to the sum of losses.
  /// - Returns: one weight for each feature; zeros where there are no rows.
  static func fit(_ rows: [[Float]], _ labels: [Bool], penalty: Double = 1, steps: Int = 50) -> [Double] {
    guard let width = rows.first?.count else { return [] }
    var weights = [Double](repeating: 0, count: width)
    var loss = Self.loss(rows, labels, weights, penalty)
    for _ in 0..<steps {
      var gradient = [Double](repeating: 0, count: width)
      var hessian = [Double](repeating: 0, count: width * width)
      for (row, label) in zip(rows, labels) {
        var sum = 0.0
        for index in 0..<width { sum += Double(row[index]) * weights[index] }
        let p = sigmoid(sum)
        let residual = p - (label ? 1 : 0)
        let curvature = max(p * (1 - p), 1e-10)
        for i in 0..<width where row[i] != 0 {
          gradient[i] += residual * Double(row[i])
          for j in 0...i { hessian[i * width + j] += curvature * Double(row[i]) * Double(row[j]) }
        }
      }
      for index in 0..<width {
        hessian[index * width + index] += index == width - 1 ? 1e-6 : penalty
        if index < width - 1 { gradient[index] += penalty * weights[index] }
      }
      guard let step = solve(hessian, gradient, width) else { break }
      // Half the step until the loss falls.
      var scale = 1.0
      var moved = false
      while scale > 1e-4 {
        let next = zip(weights, step).map { $0 - scale * $1 }
        let nextLoss = Self.loss(rows, labels, next, penalty)
        if nextLoss < loss {
          let gain = loss - nextLoss
          (weights, loss, moved) = (next, nextLoss, gain > 1e-9 * max(1, abs(loss)))
          break
        }
        scale /= 2
      }
      if !moved { break }
    }
    return weights
  }

  private static func loss(_ rows: [[Float]], _ labels: [Bool], _ weights: [Double], _ penalty: Double) -> Double {
    var sum = weights.dropLast().reduce(0) { $0 + penalty / 2 * $1 * $1 }
    for (row, label) in zip(rows, labels) {
      var x = 0.0
      for index in row.indices { x += Double(row[index]) * weights[index] }
      if label { x = -x }
      sum += x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))
    }
    return sum
  }

  /// A x = b for a symmetric, positive definite A (its lower half), by Cholesky's decomposition.
  private static func solve(_ a: [Double], _ b: [Double], _ n: Int) -> [Double]? {
    var l = a
    for i in 0..<n {
      for j in 0...i {
        var sum = l[i * n + j]
        for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
        if i == j {
          guard sum > 0 else { return nil }
          l[i * n + i] = sqrt(sum)
        } else {
          l[i * n + j] = sum / l[j * n + j]
        }
      }
    }
    var x = b
    for i in 0..<n {
      for k in 0..<i { x[i] -= l[i * n + k] * x[k] }
      x[i] /= l[i * n + i]
    }
    for i in stride(from: n - 1, through: 0, by: -1) {
      for k in i + 1..<max(n, i + 1) { x[i] -= l[k * n + i] * x[k] }
      x[i] /= l[i * n + i]
    }
    return x
  }
}
