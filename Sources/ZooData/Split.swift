/// Which side of a split.
public enum SplitPart: String, Sendable, CaseIterable { case train, validation }

extension Dataset {
  /// One side of a random split: `.train` gets `fraction` of the examples, `.validation` the others, and the two never
  /// share one. Each class of the first column is split in the same proportion, as are those without a class; the
  /// whole is right to within one example. The choice is a function of the seed, the labels and the order; examples
  /// stay in the data set's order.
  ///
  /// - Throws: `DataError.splitFraction` unless it lies between 0 and 1, `DataError.emptySplit` where nothing is left.
  public func split(fraction: Double, part: SplitPart, seed: UInt64) throws -> Subset {
    guard fraction > 0, fraction < 1 else { throw DataError.splitFraction(fraction) }
    var members = [[Int]](repeating: [], count: classCount + 1)
    for index in 0..<count { members[label(at: index) + 1].append(index) }
    var chosen: [Int] = []
    var seen = 0
    for (label, indices) in members.enumerated() {
      // Whole numbers cut out of the running product: what one class is short of, the next one gets.
      let before = Int((Double(seen) * fraction).rounded())
      seen += indices.count
      let size = min(max(Int((Double(seen) * fraction).rounded()) - before, 0), indices.count)
      var random = CounterRandom(seed: seed, RandomStream.split, UInt64(label))
      var order = indices
      random.shuffle(&order)
      chosen += part == .train ? order[..<size] : order[size...]
    }
    guard !chosen.isEmpty else { throw DataError.emptySplit(dataSet: origin, part: part) }
    return try subset(chosen.sorted())
  }

  /// One side of a split that a file makes: `.train` gets the examples that `file` names, one a line as `name(at:)`
  /// gives them, `.validation` the others.
  ///
  /// - Throws: `DataError.splitName` for a name that no example has, `DataError.emptySplit` where nothing is left.
  public func split(file: String, part: SplitPart) throws -> Subset {
    guard let text = String(validating: try readFile(file), as: UTF8.self) else {
      throw DataError.table(place: file, .notUTF8)
    }
    var lines: [String: Int] = [:]
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
    where !line.isEmpty {
      lines[String(line)] = number + 1
    }
    var chosen: [Int] = []
    var found: Set<String> = []
    for index in 0..<count {
      let name = name(at: index)
      let isListed = lines[name] != nil
      if isListed { found.insert(name) }
      if isListed == (part == .train) { chosen.append(index) }
    }
    if let unknown = lines.filter({ !found.contains($0.key) }).min(by: { $0.value < $1.value }) {
      throw DataError.splitName(file: file, line: unknown.value, name: unknown.key, dataSet: origin)
    }
    guard !chosen.isEmpty else { throw DataError.emptySplit(dataSet: origin, part: part) }
    return try subset(chosen)
  }

  /// The examples whose group in a column is `value`.
  ///
  /// - Throws: `DataError.splitColumn` for a column that is none of groups, `DataError.splitValue` where no example has
  ///   the value.
  public func split(groupColumn: String, value: String) throws -> Subset {
    guard let column = groupColumns.firstIndex(of: groupColumn) else {
      throw DataError.splitColumn(dataSet: origin, column: groupColumn, columns: groupColumns)
    }
    let chosen = (0..<count).filter { group(at: $0, column: column) == value }
    guard !chosen.isEmpty else {
      let all = Set((0..<count).compactMap { group(at: $0, column: column) }).sorted(by: bytewise)
      throw DataError.splitValue(dataSet: origin, column: groupColumn, value: value, values: all)
    }
    return try subset(chosen)
  }
}
