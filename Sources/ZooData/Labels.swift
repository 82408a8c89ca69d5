/// One column of labels of a data set.
public struct LabelColumn: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    /// One class for each example.
    case classes
    /// Any number of labels for each example.
    case multiLabel = "multi-label"
    /// Numbers for each example, as many for all.
    case vector
  }

  public let name: String
  public let kind: Kind
  /// Names of the classes or labels by number; empty where they are not known, and for vectors.
  public let names: [String]
  /// Number of classes, of labels, or of a vector's numbers.
  public let width: Int

  public init(name: String, kind: Kind, names: [String], width: Int) {
    (self.name, self.kind, self.names, self.width) = (name, kind, names, width)
  }

  /// What the column of a data set is called that has only one, and no name for it.
  public static let only = "label"
}

/// One of an example's several labels.
public struct ScoredLabel: Sendable, Equatable {
  /// In 0..<width of its column.
  public let label: Int32
  /// How much it holds: 1 wholly, 0 not at all, NaN where that is not known.
  public let value: Float

  public init(_ label: Int32, _ value: Float = 1) { (self.label, self.value) = (label, value) }
}

/// What an example has in one column of labels.
public enum LabelValue: Sendable, Equatable {
  /// Nothing is known: the example teaches the column's task nothing.
  case missing
  /// In 0..<width of the column.
  case `class`(Int32)
  /// Those that hold; all others do not.
  case labels([ScoredLabel])
  /// `width` numbers.
  case vector([Float])
}

/// A column's labels for the examples of a batch, as a graph takes them.
public enum BatchLabels: Sendable, Equatable {
  /// [count]: class numbers, -1 where the label is missing.
  case classes([Int32])
  /// [count, width], row-major: multi-hot labels or vectors. `present` is [count]; a row that is not present is zeros.
  case values([Float], width: Int, present: [Bool])

  /// Whether the example at `row` has a label.
  public func isPresent(_ row: Int) -> Bool {
    switch self {
    case .classes(let labels): labels[row] >= 0
    case .values(_, _, let present): present[row]
    }
  }

  /// - Parameter values: of the column's kind, or missing.
  init(_ values: [LabelValue], _ column: LabelColumn) {
    switch column.kind {
    case .classes:
      self = .classes(values.map { if case .class(let label) = $0 { label } else { -1 } })
    case .multiLabel, .vector:
      var rows = [Float](repeating: 0, count: values.count * column.width)
      var present = [Bool](repeating: false, count: values.count)
      for (row, value) in values.enumerated() {
        switch value {
        case .labels(let labels):
          for item in labels { rows[row * column.width + Int(item.label)] = item.value }
        case .vector(let numbers): rows.replaceSubrange(row * column.width..<(row + 1) * column.width, with: numbers)
        case .missing, .class: continue
        }
        present[row] = true
      }
      self = .values(rows, width: column.width, present: present)
    }
  }
}
