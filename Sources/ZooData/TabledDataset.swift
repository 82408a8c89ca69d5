/// A data set whose labels, weights and groups are in a table.
protocol TabledDataset: Dataset {
  var table: LabelTable { get }
}

extension TabledDataset {
  public var columns: [LabelColumn] { table.columns }
  public var classes: [String] { table.classes }
  public var classCount: Int { table.classCount }
  public func label(at index: Int) -> Int { table.label(index) }
  public func value(at index: Int, column: Int) -> LabelValue { table.value(index, column: column) }
  public func weight(at index: Int) -> Float { table.weight(index) }
  public var groupColumns: [String] { table.groups.map(\.name) }
  public func group(at index: Int, column: Int) -> String? { table.group(index, column: column) }
}
