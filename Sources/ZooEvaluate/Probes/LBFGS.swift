/// Minimises a smooth function by the limited-memory BFGS method (Nocedal and Wright, Numerical Optimization, algorithms
/// 7.4 and 7.5), each step the largest of 1, 1/2, 1/4, … that decreases it enough (Armijo).
struct LBFGS {
  /// Pairs of steps and changes of the gradient that are kept.
  var memory = 10
  var maximumIterations = 1000
  /// Ends where no component of the gradient is larger.
  var tolerance = 1e-6

  struct Result {
    let point: [Double]
    let value: Double
    let iterations: Int
    /// Whether the gradient became small enough.
    let converged: Bool
  }

  /// - Parameter function: the value and the gradient at a point.
  func minimise(from start: [Double], _ function: ([Double]) throws -> (Double, [Double])) rethrows -> Result {
    var point = start
    var (value, gradient) = try function(point)
    var pairs: [(step: [Double], change: [Double], product: Double)] = []
    for iteration in 0..<maximumIterations {
      let largest = gradient.reduce(0) { max($0, abs($1)) }
      guard value.isFinite, largest > tolerance else {
        return Result(point: point, value: value, iterations: iteration, converged: largest <= tolerance)
      }
      var direction = direction(gradient, pairs)
      var slope = dot(direction, gradient)
      if slope >= 0 {
        // Rounding has spoilt what is remembered.
        pairs = []
        direction = gradient.map { -$0 }
        slope = dot(direction, gradient)
      }
      var length = pairs.isEmpty ? min(1, 1 / dot(gradient, gradient).squareRoot()) : 1
      var next = (point: point, value: value, gradient: gradient)
      var found = false
      for _ in 0..<40 {
        next.point = zip(point, direction).map { $0 + length * $1 }
        (next.value, next.gradient) = try function(next.point)
        if next.value <= value + 1e-4 * length * slope {
          found = true
          break
        }
        length /= 2
      }
      // At the end of what double precision tells apart.
      guard found else { return Result(point: point, value: value, iterations: iteration, converged: false) }
      let step = zip(next.point, point).map { $0 - $1 }
      let change = zip(next.gradient, gradient).map { $0 - $1 }
      let product = dot(step, change)
      if product > 1e-12 * dot(change, change) {
        if pairs.count == memory { pairs.removeFirst() }
        pairs.append((step, change, product))
      }
      (point, value, gradient) = (next.point, next.value, next.gradient)
    }
    let largest = gradient.reduce(0) { max($0, abs($1)) }
    return Result(point: point, value: value, iterations: maximumIterations, converged: largest <= tolerance)
  }

  /// The two loops: minus the approximate inverse Hessian times the gradient.
  private func direction(
    _ gradient: [Double], _ pairs: [(step: [Double], change: [Double], product: Double)]
  ) -> [Double] {
    var direction = gradient.map { -$0 }
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = dot(pair.step, direction) / pair.product
      factors.append(factor)
      add(-factor, pair.change, to: &direction)
    }
    if let last = pairs.last {
      let scale = last.product / dot(last.change, last.change)
      for index in direction.indices { direction[index] *= scale }
    }
    for (pair, factor) in zip(pairs, factors.reversed()) {
      add(factor - dot(pair.change, direction) / pair.product, pair.step, to: &direction)
    }
    return direction
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }

  private func add(_ factor: Double, _ a: [Double], to b: inout [Double]) {
    for index in b.indices { b[index] += factor * a[index] }
  }
}
