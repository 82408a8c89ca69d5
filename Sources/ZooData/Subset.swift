/// Some examples of a data set, in a given order, possibly with other labels.
public struct Subset: Dataset {
  public let origin: String
  public let classes: [String]
  public let classCount: Int
  private let base: any Dataset
  private let indices: [Int]
  /// New label by old label.
  private let labels: [Int]

  init(_ base: any Dataset, indices: [Int]) {
    self.init(
      base, indices: indices, classes: base.classes, classCount: base.classCount,
      labels: Array(0..<base.classCount))
  }

  init(_ base: any Dataset, indices: [Int], classes: [String], classCount: Int, labels: [Int]) {
    origin = base.origin
    self.base = base
    self.indices = indices
    self.classes = classes
    self.classCount = classCount
    self.labels = labels
  }

  public var count: Int { indices.count }
  public func label(at index: Int) -> Int { labels[base.label(at: indices[index])] }
  public func name(at index: Int) -> String { base.name(at: indices[index]) }
  public func place(at index: Int) -> String { base.place(at: indices[index]) }
  public func example(at index: Int) throws -> Example { try base.example(at: indices[index]) }
  public func size(at index: Int) throws -> (height: Int, width: Int) {
    try base.size(at: indices[index])
  }
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
  /// of the seed, the label and the class's examples. Examples stay in the data set's order.
  ///
  /// - Throws: `DataError.tooFewExamples` naming the first class that has fewer.
  public func subset(perClass: Int, seed: UInt64) throws -> Subset {
    guard perClass > 0 else { throw DataError.examplesPerClass(perClass) }
    var members = [[Int]](repeating: [], count: classCount)
    for index in 0..<count { members[label(at: index)].append(index) }
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
    return Subset(self, indices: chosen.sorted())
  }

  /// The same examples with labels that count in `classes`, matched by name: for evaluating on data whose
  /// folders are fewer, or in another order, than a model's classes. A data set without names is taken as
  /// it is when its labels fit.
  ///
  /// - Throws: `DataError.unknownClass` for a name that is not in `classes`, `DataError.classCount` for
  ///   labels that do not fit.
  public func reindexed(to classes: [String]) throws -> Subset {
    let indices = Array(0..<count)
    if self.classes.isEmpty {
      guard classCount <= classes.count else {
        throw DataError.classCount(dataSet: origin, found: classCount, wanted: classes.count)
      }
      return Subset(
        self, indices: indices, classes: classes, classCount: classes.count,
        labels: Array(0..<classCount))
    }
    var labelOf: [String: Int] = [:]
    for (label, name) in classes.enumerated() where labelOf[name] == nil { labelOf[name] = label }
    let labels = try self.classes.map { name in
      guard let label = labelOf[name] else {
        throw DataError.unknownClass(name: name, dataSet: origin, classes: classes)
      }
      return label
    }
    return Subset(
      self, indices: indices, classes: classes, classCount: classes.count, labels: labels)
  }
}
