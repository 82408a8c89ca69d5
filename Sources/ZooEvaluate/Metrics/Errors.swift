/// The mean of |a - b| over pairs; nil without any.
public func meanAbsoluteError(_ pairs: [(Double, Double)]) -> Double? {
  pairs.isEmpty ? nil : pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / Double(pairs.count)
}

/// The root of the mean of (a - b)² over pairs; nil without any.
public func rootMeanSquareError(_ pairs: [(Double, Double)]) -> Double? {
  guard !pairs.isEmpty else { return nil }
  return (pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(pairs.count)).squareRoot()
}
