/// A named line of a chart.
public struct Curve: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    public var step: Int
    public var value: Double
    /// The smallest and largest of several measurements; nil for one.
    public var range: ClosedRange<Double>?

    public init(step: Int, value: Double, range: ClosedRange<Double>? = nil) {
      (self.step, self.value, self.range) = (step, value, range)
    }
  }

  public var name: String
  /// By step.
  public var points: [Point]

  public init(_ name: String, _ points: [Point]) { (self.name, self.points) = (name, points) }

  /// Points for a drawing of `columns` columns: where there are more, the mean of each column's, with the
  /// smallest and largest beside it.
  func thinned(_ columns: Int) -> [(step: Double, mean: Double, low: Double, high: Double)] {
    guard let first = points.first, let last = points.last, points.count > columns, last.step > first.step else {
      return points.map {
        (Double($0.step), $0.value, $0.range?.lowerBound ?? $0.value, $0.range?.upperBound ?? $0.value)
      }
    }
    var result: [(step: Double, mean: Double, low: Double, high: Double)] = []
    var column = -1
    var group: [Point] = []
    func close() {
      guard !group.isEmpty else { return }
      let values = group.map(\.value)
      let count = Double(group.count)
      result.append(
        (
          group.reduce(0) { $0 + Double($1.step) } / count, values.reduce(0) { $0 + $1 / count },
          values.min() ?? 0, values.max() ?? 0
        ))
      group = []
    }
    let width = (Double(last.step) - Double(first.step)) / Double(columns)
    for point in points {
      let own = min(columns - 1, Int((Double(point.step) - Double(first.step)) / width))
      if own != column { close() }
      column = own
      group.append(point)
    }
    close()
    return result
  }
}
