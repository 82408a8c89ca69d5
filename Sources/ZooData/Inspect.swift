/// What is in a data set, for a plan.
public struct DataReport: Sendable {
  /// What a column of labels holds.
  public struct Column: Sendable {
    public let column: LabelColumn
    /// Examples without a label in it.
    public let missing: Int
    /// For classes and labels by number: how many examples have each. The number where it has no name.
    public let counts: [(name: String, count: Int)]
  }

  public let origin: String
  public let count: Int
  public let columns: [Column]
  /// For each column of groups the groups in byte order; "" for examples in none.
  public let groups: [(name: String, counts: [(name: String, count: Int)])]
  /// Examples that cannot be read, with the reason.
  public let unreadable: [(name: String, reason: String)]
  /// Smallest and largest stored height and width; nil where nothing was readable or looked at.
  public let heights: ClosedRange<Int>?
  public let widths: ClosedRange<Int>?
  /// Things that are not used, one line each.
  public let notes: [String]

  /// By label of the first column; the number where a class has no name.
  public var classes: [(name: String, count: Int)] { columns.first?.counts ?? [] }
}

/// How closely examples are looked at.
public enum InspectDepth: String, Sendable, CaseIterable {
  /// Counts only.
  case none
  /// The header of every file: tells what is no image, but not whether the pixels are whole.
  case headers
  /// Every example is decoded.
  case everything
}

extension Dataset {
  /// What each column holds, and the examples that cannot be read.
  public func inspect(_ depth: InspectDepth) -> DataReport {
    var unreadable: [(name: String, reason: String)] = []
    var heights: ClosedRange<Int>?
    var widths: ClosedRange<Int>?
    if depth != .none {
      for index in 0..<count {
        do {
          if depth == .everything { _ = try example(at: index) }
          let size = try self.size(at: index)
          heights = widened(heights, size.height)
          widths = widened(widths, size.width)
        } catch {
          unreadable.append((name(at: index), "\(error)"))
        }
      }
    }
    return DataReport(
      origin: origin, count: count, columns: columns.indices.map(report), groups: groupCounts, unreadable: unreadable,
      heights: heights, widths: widths, notes: notes)
  }

  private func report(_ number: Int) -> DataReport.Column {
    let column = columns[number]
    var missing = 0
    var counts = [Int](repeating: 0, count: column.kind == .vector ? 0 : column.width)
    for index in 0..<count {
      switch value(at: index, column: number) {
      case .missing: missing += 1
      case .class(let label): counts[Int(label)] += 1
      case .labels(let several): for item in several where item.value > 0 { counts[Int(item.label)] += 1 }
      case .vector: break
      }
    }
    let named = counts.enumerated().map { label, count in
      (name: column.names.indices.contains(label) ? column.names[label] : String(label), count: count)
    }
    return DataReport.Column(column: column, missing: missing, counts: named)
  }

  private var groupCounts: [(name: String, counts: [(name: String, count: Int)])] {
    groupColumns.enumerated().map { number, name in
      var counts: [String: Int] = [:]
      for index in 0..<count { counts[group(at: index, column: number) ?? "", default: 0] += 1 }
      return (name, counts.map { (name: $0.key, count: $0.value) }.sorted { bytewise($0.name, $1.name) })
    }
  }
}

private func widened(_ range: ClosedRange<Int>?, _ value: Int) -> ClosedRange<Int> {
  guard let range else { return value...value }
  return min(range.lowerBound, value)...max(range.upperBound, value)
}
