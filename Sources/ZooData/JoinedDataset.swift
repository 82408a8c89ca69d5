/// The examples of several data sets one after the other, with the first column of labels of each.
public struct JoinedDataset: Dataset {
  public let origin: String
  public let columns: [LabelColumn]
  private let parts: [any Dataset]
  private let starts: [Int]
  public let count: Int

  /// - Parameter parts: at least one; their classes mean the same.
  /// - Throws: `DataError.emptyDataSet` without parts, `DataError.classCount` for one that has other classes.
  public init(_ parts: [any Dataset]) throws {
    guard let first = parts.first else { throw DataError.emptyDataSet }
    for part in parts where part.classes != first.classes || part.classCount != first.classCount {
      throw DataError.classCount(dataSet: part.origin, found: part.classCount, wanted: first.classCount)
    }
    self.parts = parts
    columns = [first.columns[0]]
    origin = parts.map(\.origin).joined(separator: " + ")
    (starts, count) = parts.reduce(into: ([Int](), 0)) {
      $0.0.append($0.1)
      $0.1 += $1.count
    }
  }

  private func find(_ index: Int) -> (part: any Dataset, index: Int) {
    let number = starts.lastIndex { $0 <= index } ?? 0
    // Of parts that are empty, the last begins where the example is.
    return (parts[number], index - starts[number])
  }

  public var classes: [String] { columns[0].kind == .classes ? columns[0].names : [] }
  public var classCount: Int { columns[0].kind == .classes ? columns[0].width : 0 }
  public func label(at index: Int) -> Int {
    let (part, index) = find(index)
    return part.label(at: index)
  }
  public func value(at index: Int, column: Int) -> LabelValue {
    let (part, index) = find(index)
    return part.value(at: index, column: 0)
  }
  public func weight(at index: Int) -> Float {
    let (part, index) = find(index)
    return part.weight(at: index)
  }
  public var notes: [String] { parts.flatMap(\.notes) }
  public func name(at index: Int) -> String {
    let (part, index) = find(index)
    return part.name(at: index)
  }
  public func place(at index: Int) -> String {
    let (part, index) = find(index)
    return part.place(at: index)
  }
  public func content(at index: Int) throws -> [UInt8] {
    let (part, index) = find(index)
    return try part.content(at: index)
  }
  public func size(at index: Int) throws -> (height: Int, width: Int) {
    let (part, index) = find(index)
    return try part.size(at: index)
  }
  public func example(at index: Int) throws -> Example {
    let (part, index) = find(index)
    return try part.example(at: index)
  }
  public func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example {
    let (part, index) = find(index)
    return try part.example(at: index, reducing: reducing)
  }
}
