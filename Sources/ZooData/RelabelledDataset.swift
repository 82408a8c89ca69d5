/// A data set's examples with classes of their own, in the place of all its columns of labels.
public struct RelabelledDataset: Dataset {
  public let origin: String
  public let columns: [LabelColumn]
  private let base: any Dataset
  private let labels: [Int32]

  /// - Parameters:
  ///   - labels: one for each example, in 0..<count of classes; -1 where it is missing.
  ///   - names: of the classes; may be empty.
  /// - Throws: `DataError` for labels that are not one for each example, or outside the classes.
  public init(_ base: any Dataset, labels: [Int], classes: Int, names: [String] = [], column: String? = nil) throws {
    guard labels.count == base.count else { throw DataError.indexOutside(index: labels.count, count: base.count) }
    let count = names.isEmpty ? classes : names.count
    if let wrong = labels.first(where: { $0 < -1 || $0 >= count }) {
      throw DataError.classCount(dataSet: base.origin, found: wrong + 1, wanted: count)
    }
    self.base = base
    origin = base.origin
    self.labels = labels.map { Int32($0) }
    columns = [LabelColumn(name: column ?? LabelColumn.only, kind: .classes, names: names, width: count)]
  }

  public var count: Int { base.count }
  public var classes: [String] { columns[0].names }
  public var classCount: Int { columns[0].width }
  public func label(at index: Int) -> Int { Int(labels[index]) }
  public func weight(at index: Int) -> Float { base.weight(at: index) }
  public var notes: [String] { base.notes }
  public var groupColumns: [String] { base.groupColumns }
  public func group(at index: Int, column: Int) -> String? { base.group(at: index, column: column) }
  public func name(at index: Int) -> String { base.name(at: index) }
  public func place(at index: Int) -> String { base.place(at: index) }
  public func content(at index: Int) throws -> [UInt8] { try base.content(at: index) }
  public func size(at index: Int) throws -> (height: Int, width: Int) { try base.size(at: index) }
  public func example(at index: Int) throws -> Example { try base.example(at: index) }
  public func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example {
    try base.example(at: index, reducing: reducing)
  }
}

extension Dataset {
  /// The same examples, their first labels dealt out anew among those that have one: every class keeps its count, and
  /// nothing that an image shows tells its label. What learns more than chance from them is not honest.
  public func shufflingLabels(seed: UInt64) throws -> RelabelledDataset {
    var all = (0..<count).map { label(at: $0) }
    let known = all.indices.filter { all[$0] >= 0 }
    var dealt = known.map { all[$0] }
    var random = CounterRandom(seed: seed, RandomStream.shuffledLabels)
    random.shuffle(&dealt)
    for (index, label) in zip(known, dealt) { all[index] = label }
    return try RelabelledDataset(self, labels: all, classes: classCount, names: classes, column: columns[0].name)
  }
}
