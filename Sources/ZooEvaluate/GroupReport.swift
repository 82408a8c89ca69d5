/// A head's metrics for each group of a column, and how far the groups are apart.
public struct GroupReport: Sendable {
  /// The group that a metric is worst for.
  public struct Worst: Sendable, Equatable {
    public let metric: String
    public let group: String
    public let value: Double
    /// Between the best group and this one, at least 0.
    public let gap: Double
  }

  public let column: String
  /// In the order of their names.
  public let groups: [(name: String, values: [(name: String, value: Double)])]
  /// For each metric that at least two groups have.
  public let worst: [Worst]

  public init(column: String, groups: [(name: String, values: [(name: String, value: Double)])]) {
    (self.column, self.groups) = (column, groups)
    var metrics: [String] = []
    for group in groups {
      for item in group.values where item.name != "images" && !metrics.contains(item.name) { metrics.append(item.name) }
    }
    worst = metrics.compactMap { metric in
      let found = groups.compactMap { group in
        group.values.first { $0.name == metric }.map { (group: group.name, value: $0.value) }
      }
      let ordered = found.sorted { isBetterSmaller(metric) ? $0.value > $1.value : $0.value < $1.value }
      guard found.count > 1, let first = ordered.first, let last = ordered.last else { return nil }
      return Worst(metric: metric, group: first.group, value: first.value, gap: abs(last.value - first.value))
    }
  }
}
