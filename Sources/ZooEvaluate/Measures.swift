import ZooData

/// What was measured on some examples.
public struct Measures: Sendable {
  public var values: [(name: String, value: Double)]
  /// For each class its examples and how many were right (several labels: how many were found).
  public var classes: [(name: String, count: Int, correct: Int)] = []
  /// For heads that choose one class.
  public var confusion: ConfusionCounts?

  public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

  /// Those that are defined, and the number of images.
  init(_ values: [(name: String, value: Double?)], images: Int) {
    self.values = values.compactMap { item in item.value.map { (item.name, $0) } } + [("images", Double(images))]
  }
}

/// What a head said of labelled examples, kept so that any part of them can be measured.
public protocol Answers {
  /// The metrics it gives, the one to watch first.
  static var metrics: [String] { get }
  /// - Parameters:
  ///   - output: [count, …] row-major, the output that is measured.
  ///   - examples: indices in the data set.
  mutating func add(_ output: [Float], _ labels: BatchLabels, examples: [Int])
  /// Over the examples that are included.
  func measures(_ included: (Int) -> Bool) -> Measures
}
