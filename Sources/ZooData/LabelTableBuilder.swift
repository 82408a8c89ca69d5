import ZooArchive

/// One field of a table.
enum TableCell {
  /// Text that may mean a number or a list.
  case text(String)
  /// A value that is what it is.
  case json(JSONValue)

  fileprivate var value: JSONValue {
    switch self {
    case .text(let text): .string(text)
    case .json(let value): value
    }
  }
}

/// Collects the labels, weights and groups of a table row by row.
struct LabelTableBuilder {
  private let weightColumn: String?
  private var columns: [LabelColumnBuilder]
  private var weights: [Float] = []
  private var groups: [GroupBuilder]

  init(_ roles: TableRoles, _ options: TableOptions) {
    weightColumn = roles.weight
    columns = roles.labels.enumerated().map { number, name in
      number == 0
        ? LabelColumnBuilder(name, kind: options.kind, names: options.names, least: options.count)
        : LabelColumnBuilder(name)
    }
    groups = roles.groups.map { GroupBuilder(name: $0) }
  }

  /// A table whose columns, labels and groups are known.
  init(_ columns: [(name: String, labels: [String])], groups: [String]) {
    weightColumn = nil
    self.columns = columns.map { LabelColumnBuilder($0.name, names: $0.labels) }
    self.groups = groups.map { GroupBuilder(name: $0) }
  }

  /// Adds an example.
  /// - Parameters:
  ///   - cell: the value in a column; nil where there is none.
  ///   - wrong: makes the error for a problem in a column.
  mutating func add(
    cell: (String) -> TableCell?, wrong: (String, TableProblem) -> DataError
  ) throws {
    for at in columns.indices {
      let name = columns[at].name
      do {
        switch cell(name) {
        case nil: columns[at].addMissing()
        case .text(let text)?: try columns[at].add(text: text)
        case .json(let value)?: try columns[at].add(value)
        }
      } catch { throw wrong(name, error) }
    }
    if let name = weightColumn {
      let value = cell(name)?.value
      guard let weight = weight(value) else { throw wrong(name, .badWeight(value?.compact() ?? "")) }
      weights.append(weight)
    }
    for at in groups.indices {
      let name = groups[at].name
      let value = cell(name)?.value
      guard let text = groupName(value) else { throw wrong(name, .badGroup(value?.compact() ?? "")) }
      groups[at].add(text)
    }
  }

  /// 1 where nothing is said.
  private func weight(_ value: JSONValue?) -> Float? {
    var weight: Double?
    switch value {
    case nil, .null?: weight = 1
    case .string(let text)?: weight = text.isEmpty ? 1 : Double(text)
    case .int(let whole)?: weight = Double(whole)
    case .double(let number)?: weight = number
    default: break
    }
    guard let weight, weight >= 0, Float(weight).isFinite else { return nil }
    return Float(weight)
  }

  /// "" where there is none.
  private func groupName(_ value: JSONValue?) -> String? {
    switch value {
    case nil, .null?: ""
    case .string(let text)?: text
    case .int(let whole)?: "\(whole)"
    case .double(let number)?: "\(number)"
    case .bool(let flag)?: flag ? "true" : "false"
    default: nil
    }
  }

  var table: LabelTable {
    let built = columns.map { $0.column() }
    return LabelTable(
      columns: built.map(\.0), values: built.map(\.1), weights: weights,
      groups: groups.map(\.groups))
  }
}

private struct GroupBuilder {
  let name: String
  private var names: [String] = []
  private var known: [String: Int32] = [:]
  private var ids: [Int32] = []

  init(name: String) { self.name = name }

  /// - Parameter group: "" for none.
  mutating func add(_ group: String) {
    if group.isEmpty {
      ids.append(-1)
    } else if let id = known[group] {
      ids.append(id)
    } else {
      known[group] = Int32(names.count)
      ids.append(Int32(names.count))
      names.append(group)
    }
  }

  var groups: LabelTable.Groups { LabelTable.Groups(name: name, names: names, ids: ids) }
}
