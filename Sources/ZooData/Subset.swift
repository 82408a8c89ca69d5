/// Some examples of a data set, in a given order, possibly with fewer columns or other labels.
public struct Subset: Dataset {
  /// A column of the base, and new labels by old ones where they change.
  fileprivate struct Choice: Sendable {
    let source: Int
    var labels: [Int32]?
  }

  public let origin: String
  public let columns: [LabelColumn]
  private let base: any Dataset
  /// nil for all.
  private let indices: [Int]?
  private let choices: [Choice]

  fileprivate init(
    _ base: any Dataset, indices: [Int]? = nil, columns: [LabelColumn]? = nil, choices: [Choice]? = nil
  ) {
    origin = base.origin
    self.base = base
    self.indices = indices
    self.columns = columns ?? base.columns
    self.choices = choices ?? base.columns.indices.map { Choice(source: $0) }
  }

  public var count: Int { indices?.count ?? base.count }
  public var classes: [String] { columns.first?.kind == .classes ? columns[0].names : [] }
  public var classCount: Int { columns.first?.kind == .classes ? columns[0].width : 0 }

  public func label(at index: Int) -> Int {
    if case .class(let label) = value(at: index, column: 0) { Int(label) } else { -1 }
  }

  public func value(at index: Int, column: Int) -> LabelValue {
    let choice = choices[column]
    let value = base.value(at: position(index), column: choice.source)
    guard let labels = choice.labels else { return value }
    switch value {
    case .class(let label): return .class(labels[Int(label)])
    case .labels(let several): return .labels(several.map { ScoredLabel(labels[Int($0.label)], $0.value) })
    case .missing, .vector: return value
    }
  }

  public func weight(at index: Int) -> Float { base.weight(at: position(index)) }
  public var notes: [String] { base.notes }
  public var groupColumns: [String] { base.groupColumns }
  public func group(at index: Int, column: Int) -> String? { base.group(at: position(index), column: column) }
  public func name(at index: Int) -> String { base.name(at: position(index)) }
  public func place(at index: Int) -> String { base.place(at: position(index)) }
  public func example(at index: Int) throws -> Example { try base.example(at: position(index)) }
  public func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example {
    try base.example(at: position(index), reducing: reducing)
  }
  public func content(at index: Int) throws -> [UInt8] { try base.content(at: position(index)) }
  public func size(at index: Int) throws -> (height: Int, width: Int) { try base.size(at: position(index)) }

  private func position(_ index: Int) -> Int { indices?[index] ?? index }
}

extension Dataset {
  /// The examples at `indices`, in that order.
  ///
  /// - Throws: `DataError.indexOutside`.
  public func subset(_ indices: [Int]) throws -> Subset {
    for index in indices where index < 0 || index >= count {
      throw DataError.indexOutside(index: index, count: count)
    }
    return Subset(self, indices: indices)
  }

  /// `perClass` examples of each class, drawn without replacement: the choice for a class is a function
  /// of the seed, the label and the class's examples. Examples stay in the data set's order; those without a class
  /// are left out.
  ///
  /// - Throws: `DataError.tooFewExamples` naming the first class that has fewer, `DataError.noClasses` where the first
  ///   column holds none.
  public func subset(perClass: Int, seed: UInt64) throws -> Subset {
    Subset(self, indices: try subsetIndices(perClass: perClass, seed: seed))
  }

  /// The indices of that subset, in order. For the same seed, those of fewer examples are among those of more.
  public func subsetIndices(perClass: Int, seed: UInt64) throws -> [Int] {
    guard perClass > 0 else { throw DataError.examplesPerClass(perClass) }
    if let first = columns.first, first.kind != .classes {
      throw DataError.noClasses(dataSet: origin, column: first.name, kind: first.kind)
    }
    var members = [[Int]](repeating: [], count: classCount)
    for index in 0..<count {
      let label = label(at: index)
      if label >= 0 { members[label].append(index) }
    }
    var chosen: [Int] = []
    for (label, indices) in members.enumerated() {
      guard indices.count >= perClass else {
        throw DataError.tooFewExamples(
          className: className(label), found: indices.count, wanted: perClass)
      }
      var random = CounterRandom(seed: seed, RandomStream.fewShot, UInt64(label))
      var order = indices
      random.shuffle(&order)
      chosen += order.prefix(perClass)
    }
    return chosen.sorted()
  }

  /// The same examples with these columns of labels alone, in this order.
  ///
  /// - Throws: `DataError.unknownColumn`.
  public func choosing(columns names: [String]) throws -> Subset {
    let positions = try names.map { name in
      guard let position = columns.firstIndex(where: { $0.name == name }) else {
        throw DataError.unknownColumn(name: name, dataSet: origin, columns: columns.map(\.name))
      }
      return position
    }
    return Subset(
      self, columns: positions.map { columns[$0] }, choices: positions.map { Subset.Choice(source: $0) })
  }

  /// The same examples with labels of the first column that count in `classes`, matched by name: for evaluating on
  /// data whose folders are fewer, or in another order, than a model's classes. A data set without names is taken as
  /// it is when its labels fit.
  ///
  /// - Throws: `DataError.unknownClass` for a name that is not in `classes`, `DataError.classCount` for
  ///   labels that do not fit, `DataError.noClasses` where the column holds vectors.
  public func reindexed(to classes: [String]) throws -> Subset {
    var columns = self.columns
    var choices = columns.indices.map { Subset.Choice(source: $0) }
    let first = columns[0]
    guard first.kind != .vector else {
      throw DataError.noClasses(dataSet: origin, column: first.name, kind: first.kind)
    }
    columns[0] = LabelColumn(name: first.name, kind: first.kind, names: classes, width: classes.count)
    if first.names.isEmpty {
      guard first.width <= classes.count else {
        throw DataError.classCount(dataSet: origin, found: first.width, wanted: classes.count)
      }
      return Subset(self, columns: columns, choices: choices)
    }
    var labelOf: [String: Int32] = [:]
    for (label, name) in classes.enumerated() where labelOf[name] == nil { labelOf[name] = Int32(label) }
    choices[0].labels = try first.names.map { name in
      guard let label = labelOf[name] else {
        throw DataError.unknownClass(name: name, dataSet: origin, classes: classes)
      }
      return label
    }
    return Subset(self, columns: columns, choices: choices)
  }
}
