/// What several measurements of the same say together.
public struct Spread: Sendable, Equatable {
  public let median: Double
  public let low: Double
  public let high: Double
  public let mean: Double
  /// Half the width of the mean's 95 % interval, by Student's t; nil for fewer than two values.
  public let halfInterval: Double?

  /// nil without values.
  public init?(_ values: [Double]) {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    let count = sorted.count
    (low, high) = (first, last)
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    mean = sorted.reduce(0, +) / Double(count)
    let mean = self.mean
    guard count > 1 else {
      halfInterval = nil
      return
    }
    let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    halfInterval = Self.quantile(count - 1) * (variance / Double(count)).squareRoot()
  }

  /// Student's t at 97.5 %.
  private static func quantile(_ freedom: Int) -> Double {
    let table = [
      12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
      2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ]
    // Beyond the table, within 0.001 (Abramowitz and Stegun 26.7.5, two terms).
    let normal = 1.959964
    return freedom <= table.count
      ? table[freedom - 1] : normal + (normal * normal * normal + normal) / (4 * Double(freedom))
  }
}
