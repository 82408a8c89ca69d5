import ZooArchive

/// Collects one column of labels value by value, and finds out what it holds where nobody says.
///
/// Text is classes, whole numbers are class numbers, other numbers vectors of one; lists of text are several labels,
/// lists of numbers vectors. An object `{"label": 0.5, "other": null, …}` is several labels with how much each holds;
/// null where that is not known.
struct LabelColumnBuilder {
  private enum Store {
    case empty
    case numbered([Int32])
    case named([Int32])
    case labels(ends: [Int], items: [ScoredLabel], named: Bool)
    case vectors([Float], width: Int)
  }

  /// Of all vectors of a column: 4 GiB.
  private static let maximumNumbers = 1 << 30

  let name: String
  private let kind: LabelColumn.Kind?
  /// Names that were given: no other may come.
  private let given: [String]?
  /// The least width of a column of numbers of labels.
  private let least: Int
  private var ids: [String: Int32] = [:]
  private var names: [String] = []
  private var store = Store.empty
  private var present: [Bool] = []

  init(_ name: String, kind: LabelColumn.Kind? = nil, names given: [String]? = nil, least: Int? = nil) {
    (self.name, self.kind, self.given, self.least) = (name, kind, given, least ?? 0)
    for name in given ?? [] { _ = try? id(name, adding: true) }
  }

  var count: Int { present.count }

  mutating func addMissing() {
    present.append(false)
    switch store {
    case .empty: break
    case .numbered(var labels):
      store = .empty
      labels.append(-1)
      store = .numbered(labels)
    case .named(var labels):
      store = .empty
      labels.append(-1)
      store = .named(labels)
    case .labels(var ends, let items, let named):
      store = .empty
      ends.append(items.count)
      store = .labels(ends: ends, items: items, named: named)
    case .vectors(var numbers, let width):
      store = .empty
      numbers += [Float](repeating: 0, count: width)
      store = .vectors(numbers, width: width)
    }
  }

  /// A cell of text, as CSV has them: empty is missing, `a;b` several labels or numbers where the column holds those.
  mutating func add(text: String) throws(TableProblem) {
    if text.isEmpty { return addMissing() }
    switch kind {
    case .multiLabel:
      let parts = text.split(separator: ";").map(String.init)
      return try add(labels: parts.map { ($0, 1) }, numbers: parts.compactMap(plainWhole), of: parts.count)
    case .vector:
      var numbers: [Float] = []
      for part in text.split(separator: ";") {
        guard let number = Float(part), number.isFinite else { throw TableProblem.notNumber("'\(part)'") }
        numbers.append(number)
      }
      return try add(vector: numbers)
    case .classes: break
    case nil:
      if isNamed == false, let number = plainFraction(text) { return try add(vector: [number]) }
    }
    if let whole = plainWhole(text), whole >= 0, isNamed == false {
      if case .vectors = store { return try add(vector: [Float(whole)]) }
      return try add(class: whole)
    }
    try add(className: text)
  }

  /// A value of JSON; null is missing.
  mutating func add(_ value: JSONValue) throws(TableProblem) {
    switch value {
    case .null: addMissing()
    case .string(let text):
      try kind == .multiLabel ? add(labels: [(text, 1)], numbers: [], of: 1) : add(className: text)
    case .int(let whole):
      if kind == .vector { return try add(vector: [Float(whole)]) }
      if kind == nil {
        if case .vectors = store { return try add(vector: [Float(whole)]) }
        if whole < 0 { return try add(vector: [Float(whole)]) }
      }
      try add(class: Int(whole))
    case .double(let number):
      guard kind != .classes, kind != .multiLabel else { throw TableProblem.notClass("\(number)") }
      try add(vector: [Float(number)])
    case .bool(let flag): try add(className: flag ? "true" : "false")
    case .array(let items): try add(list: items)
    case .object(let object):
      guard kind != .classes, kind != .vector else { throw TableProblem.notClass("an object") }
      var labels: [(String, Float)] = []
      for (name, value) in object.members {
        guard let score = value == .null ? Float.nan : value.number, score.isNaN || (0...1).contains(score) else {
          throw TableProblem.notLabels("'\(name)' without a number from 0 to 1")
        }
        labels.append((name, score))
      }
      try add(labels: labels, numbers: [], of: labels.count)
    }
  }

  private mutating func add(list: [JSONValue]) throws(TableProblem) {
    let texts = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
    let numbers = list.compactMap(\.number)
    if kind != .vector, kind != .classes, texts.count == list.count, !list.isEmpty || !holdsVectors {
      return try add(labels: texts.map { ($0, 1) }, numbers: [], of: list.count)
    }
    guard kind != .classes, numbers.count == list.count else { throw TableProblem.notLabels("a list of mixed values") }
    if kind == .multiLabel {
      let whole = list.compactMap { if case .int(let label) = $0 { Int(label) } else { nil } }
      return try add(labels: whole.map { ("\($0)", 1) }, numbers: whole, of: list.count)
    }
    try add(vector: numbers)
  }

  private var holdsVectors: Bool { if case .vectors = store { true } else { false } }
  private var isNamed: Bool {
    if given != nil { return true }
    if case .named = store { return true } else { return false }
  }
}

// What a value becomes once it is known what it is.
extension LabelColumnBuilder {
  private mutating func add(class whole: Int) throws(TableProblem) {
    if kind == .multiLabel { return try add(labels: [("\(whole)", 1)], numbers: [whole], of: 1) }
    if isNamed { return try add(className: "\(whole)") }
    guard (0...TensorDataset.maximumLabel).contains(whole) else {
      throw TableProblem.labelOutside("\(whole)", count: TensorDataset.maximumLabel + 1)
    }
    switch store {
    case .empty: store = .numbered([Int32](repeating: -1, count: count) + [Int32(whole)])
    case .numbered(var labels):
      store = .empty
      labels.append(Int32(whole))
      store = .numbered(labels)
    default: throw TableProblem.mixed("the number \(whole)", with: kindInWords)
    }
    present.append(true)
  }

  private mutating func add(className text: String) throws(TableProblem) {
    guard kind != .vector else { throw TableProblem.notNumber("'\(text)'") }
    guard !text.isEmpty else { throw TableProblem.notClass("an empty text") }
    switch store {
    case .empty: store = .named([Int32](repeating: -1, count: count) + [try id(text, adding: given == nil)])
    case .named(var labels):
      let label = try id(text, adding: given == nil)
      store = .empty
      labels.append(label)
      store = .named(labels)
    case .numbered(let numbers):
      // Numbers among names are names.
      var labels: [Int32] = []
      for number in numbers { labels.append(number < 0 ? -1 : try id("\(number)", adding: true)) }
      store = .named(labels + [try id(text, adding: true)])
    default: throw TableProblem.mixed("'\(text)'", with: kindInWords)
    }
    present.append(true)
  }

  /// - Parameter numbers: as many as there are labels where all of them are numbers.
  private mutating func add(
    labels: [(name: String, value: Float)], numbers: [Int], of size: Int
  ) throws(TableProblem) {
    var (ends, items, named) = ([Int](repeating: 0, count: count), [ScoredLabel](), given != nil)
    switch store {
    case .empty: named = named || numbers.count < size || size == 0
    case .labels(let oldEnds, let oldItems, let old):
      store = .empty
      (ends, items, named) = (oldEnds, oldItems, old)
      if old == false, numbers.count < size {
        guard items.isEmpty else { throw TableProblem.mixed("'\(labels[0].name)'", with: "numbers of labels") }
        named = true
      }
    default: throw TableProblem.mixed("a list of labels", with: kindInWords)
    }
    for (at, label) in labels.enumerated() {
      let number: Int32
      if named {
        number = try id(label.name, adding: given == nil)
      } else {
        guard (0...TensorDataset.maximumLabel).contains(numbers[at]) else {
          throw TableProblem.labelOutside(label.name, count: TensorDataset.maximumLabel + 1)
        }
        number = Int32(numbers[at])
      }
      items.append(ScoredLabel(number, label.value))
    }
    ends.append(items.count)
    store = .labels(ends: ends, items: items, named: named)
    present.append(true)
  }

  private mutating func add(vector: [Float]) throws(TableProblem) {
    guard !vector.isEmpty else { throw TableProblem.notNumber("an empty list") }
    for number in vector where !number.isFinite { throw TableProblem.notNumber("\(number)") }
    // Missing values are filled up to the width of the others.
    guard vector.count <= Self.maximumNumbers / (count + 1) else { throw TableProblem.tooManyNumbers }
    var numbers: [Float]
    switch store {
    case .empty: numbers = [Float](repeating: 0, count: count * vector.count)
    case .vectors(let old, let width):
      guard width == vector.count else { throw TableProblem.vectorWidth(found: vector.count, wanted: width) }
      store = .empty
      numbers = old
    case .numbered(let old) where kind == nil && vector.count == 1: numbers = old.map { Float(max($0, 0)) }
    default:
      throw TableProblem.mixed(
        "\(vector.count == 1 ? "the number \(vector[0])" : "a list of numbers")", with: kindInWords)
    }
    numbers += vector
    store = .vectors(numbers, width: vector.count)
    present.append(true)
  }

  private mutating func id(_ name: String, adding: Bool) throws(TableProblem) -> Int32 {
    if let known = ids[name] { return known }
    guard adding else { throw TableProblem.unknownName(name, known: names) }
    guard names.count <= TensorDataset.maximumLabel else {
      throw TableProblem.labelOutside("\(names.count)", count: TensorDataset.maximumLabel + 1)
    }
    ids[name] = Int32(names.count)
    names.append(name)
    return Int32(names.count - 1)
  }

  private var kindInWords: String {
    switch store {
    case .empty: "nothing"
    case .numbered: "numbers of classes"
    case .named: "names of classes"
    case .labels: "lists of labels"
    case .vectors: "numbers"
    }
  }

  /// The column; names that were found come in byte order.
  func column() -> (LabelColumn, LabelTable.Values) {
    var order = Array(names.indices)
    if given == nil { order.sort { bytewise(names[$0], names[$1]) } }
    var places = [Int32](repeating: 0, count: names.count)
    for (place, id) in order.enumerated() { places[id] = Int32(place) }
    let sorted = order.map { names[$0] }
    switch store {
    case .empty:
      let column = LabelColumn(name: name, kind: kind ?? .classes, names: given ?? [], width: given?.count ?? 0)
      switch column.kind {
      case .classes: return (column, .classes([Int32](repeating: -1, count: count)))
      case .multiLabel:
        return (column, .labels(ends: [Int](repeating: 0, count: count), items: [], present: present))
      case .vector: return (column, .vectors([], width: 0, present: present))
      }
    case .numbered(let labels):
      let width = max(Int(labels.max() ?? -1) + 1, least)
      return (LabelColumn(name: name, kind: .classes, names: [], width: width), .classes(labels))
    case .named(let labels):
      let column = LabelColumn(name: name, kind: .classes, names: sorted, width: sorted.count)
      return (column, .classes(labels.map { $0 < 0 ? -1 : places[Int($0)] }))
    case .labels(let ends, let items, let named):
      let renamed = named ? items.map { ScoredLabel(places[Int($0.label)], $0.value) } : items
      let width = named ? sorted.count : max(Int(items.map(\.label).max() ?? -1) + 1, least)
      let column = LabelColumn(name: name, kind: .multiLabel, names: sorted, width: width)
      return (column, .labels(ends: ends, items: renamed, present: present))
    case .vectors(let numbers, let width):
      let column = LabelColumn(name: name, kind: .vector, names: [], width: width)
      return (column, .vectors(numbers, width: width, present: present))
    }
  }
}

/// A whole number in its plain form: not `007`, which is a name.
private func plainWhole(_ text: String) -> Int? {
  guard let whole = Int(text), "\(whole)" == text else { return nil }
  return whole
}

/// A number that is no class's: decimal, with a sign, a point or an exponent. `1.`, `0x1` and `01.5` are names.
private func plainFraction(_ text: String) -> Float? {
  let bytes = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })
  let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  guard let first = bytes.first, let last = bytes.last, digits.contains(first), digits.contains(last),
    first != UInt8(ascii: "0") || bytes.count == 1 || !digits.contains(bytes[1]),
    plainWhole(text).map({ $0 < 0 }) ?? true,
    bytes.allSatisfy({ digits.contains($0) || ".eE+-".utf8.contains($0) }), let number = Float(text), number.isFinite
  else { return nil }
  return number
}

extension JSONValue {
  fileprivate var number: Float? {
    switch self {
    case .int(let whole): Float(whole)
    case .double(let number): Float(number)
    default: nil
    }
  }
}
