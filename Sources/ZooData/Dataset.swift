/// What a data set stores for one example.
public enum Example: Sendable {
  /// Pixels that have yet to be transformed and normalised.
  case image(Image)
  /// Numbers that a model takes as they are: [height, width, channels].
  case tensor(values: [Float], height: Int, width: Int, channels: Int)
  /// Nothing: the example could not be read, and the data set passes over such.
  case missing
}

/// Examples with their labels. `index` is in 0..<count everywhere; another one is a programmer's error.
///
/// Labels come in columns, most often one. `classes`, `classCount` and `label(at:)` speak of the first.
public protocol Dataset: Sendable {
  /// Where it comes from, for error messages.
  var origin: String { get }
  var count: Int { get }
  /// Names of the first column's classes by label; empty when they are not known.
  var classes: [String] { get }
  /// Number of classes: labels are in 0..<classCount. 0 where the first column holds no classes.
  var classCount: Int { get }
  /// The class; -1 where it is missing.
  func label(at index: Int) -> Int
  /// Columns of labels, at least one.
  var columns: [LabelColumn] { get }
  /// What the example has in `columns[column]`.
  func value(at index: Int, column: Int) -> LabelValue
  /// How much the example counts in a loss or a mean, at least 0.
  func weight(at index: Int) -> Float
  /// Things at the data set's place that it does not use, one line each.
  var notes: [String] { get }
  /// Columns that name a group for each example, by which results are told apart.
  var groupColumns: [String] { get }
  /// The group of the example in `groupColumns[column]`; nil where it is in none.
  func group(at index: Int, column: Int) -> String?
  /// A name for messages and predictions, unique in the data set: a path, or a row of an array.
  func name(at index: Int) -> String
  /// Where the example lies, for error messages.
  func place(at index: Int) -> String
  /// Reads and decodes one example; safe to call from several threads at once.
  func example(at index: Int) throws -> Example
  /// The same; an image of the given height and width may be decoded smaller, by 1, 2, 4 or 8.
  func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example
  /// The bytes that the example is made from, undecoded where they lie in a file; empty where they cannot be read and
  /// such examples are passed over.
  func content(at index: Int) throws -> [UInt8]
  /// The size of one example as stored, without decoding it where that is possible.
  func size(at index: Int) throws -> (height: Int, width: Int)
}

extension Dataset {
  public var columns: [LabelColumn] {
    [LabelColumn(name: LabelColumn.only, kind: .classes, names: classes, width: classCount)]
  }

  public func value(at index: Int, column: Int) -> LabelValue {
    let label = label(at: index)
    return label < 0 ? .missing : .class(Int32(label))
  }

  public func weight(at index: Int) -> Float { 1 }
  public var notes: [String] { [] }
  public var groupColumns: [String] { [] }
  public func group(at index: Int, column: Int) -> String? { nil }
  public func place(at index: Int) -> String { "\(origin)/\(name(at: index))" }
  public func example(at index: Int, reducing: (_ height: Int, _ width: Int) -> Int) throws -> Example {
    try example(at: index)
  }

  public func content(at index: Int) throws -> [UInt8] {
    switch try example(at: index) {
    case .image(let image): return Array("\(image.height) \(image.width) ".utf8) + image.pixels
    case .tensor(let values, let height, let width, let channels):
      return Array("\(height) \(width) \(channels) ".utf8) + values.withUnsafeBytes { Array($0) }
    case .missing: return []
    }
  }

  public func size(at index: Int) throws -> (height: Int, width: Int) {
    switch try example(at: index) {
    case .image(let image): (image.height, image.width)
    case .tensor(_, let height, let width, _): (height, width)
    case .missing: (0, 0)
    }
  }

  /// Number of examples of each class; those without one are not counted.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for index in 0..<count {
      let label = label(at: index)
      if label >= 0 { counts[label] += 1 }
    }
    return counts
  }

  /// The class's name, or its number where names are not known.
  public func className(_ label: Int) -> String {
    classes.indices.contains(label) ? classes[label] : String(label)
  }
}
