/// What a data set stores for one example.
public enum Example: Sendable {
  /// Pixels that have yet to be transformed and normalised.
  case image(Image)
  /// Numbers that a model takes as they are: [height, width, channels].
  case tensor(values: [Float], height: Int, width: Int, channels: Int)
}

/// Examples with a class each. `index` is in 0..<count everywhere; another one is a programmer's error.
public protocol Dataset: Sendable {
  /// Where it comes from, for error messages.
  var origin: String { get }
  var count: Int { get }
  /// Names of the classes by label; empty when they are not known.
  var classes: [String] { get }
  /// Number of classes: labels are in 0..<classCount.
  var classCount: Int { get }
  func label(at index: Int) -> Int
  /// A name for messages and predictions, unique in the data set: a path, or a row of an array.
  func name(at index: Int) -> String
  /// Where the example lies, for error messages.
  func place(at index: Int) -> String
  /// Reads and decodes one example; safe to call from several threads at once.
  func example(at index: Int) throws -> Example
  /// The size of one example as stored, without decoding it where that is possible.
  func size(at index: Int) throws -> (height: Int, width: Int)
}

extension Dataset {
  public func place(at index: Int) -> String { "\(origin)/\(name(at: index))" }

  public func size(at index: Int) throws -> (height: Int, width: Int) {
    switch try example(at: index) {
    case .image(let image): (image.height, image.width)
    case .tensor(_, let height, let width, _): (height, width)
    }
  }

  /// Number of examples of each class.
  public var classCounts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for index in 0..<count { counts[label(at: index)] += 1 }
    return counts
  }

  /// The class's name, or its number where names are not known.
  public func className(_ label: Int) -> String {
    classes.indices.contains(label) ? classes[label] : String(label)
  }
}
