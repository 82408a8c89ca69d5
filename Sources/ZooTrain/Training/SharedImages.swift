import ZooData

/// The same images with the labels of several data sets, a column for each: the first of each set's own.
///
/// What tasks on one trunk learn from: an image is read, and the trunk computed, once for all of them.
struct SharedImages: Dataset {
  private let sets: [any Dataset]
  let columns: [LabelColumn]

  /// - Parameter sets: at least one, with the same images in the same order.
  init(_ sets: [any Dataset]) {
    self.sets = sets
    columns = sets.map { $0.columns[0] }
  }

  private var images: any Dataset { sets[0] }
  var origin: String { images.origin }
  var count: Int { images.count }
  var classes: [String] { images.classes }
  var classCount: Int { images.classCount }
  func label(at index: Int) -> Int { images.label(at: index) }
  func value(at index: Int, column: Int) -> LabelValue { sets[column].value(at: index, column: 0) }
  func weight(at index: Int) -> Float { images.weight(at: index) }
  var groupColumns: [String] { images.groupColumns }
  func group(at index: Int, column: Int) -> String? { images.group(at: index, column: column) }
  func name(at index: Int) -> String { images.name(at: index) }
  func place(at index: Int) -> String { images.place(at: index) }
  func example(at index: Int) throws -> Example { try images.example(at: index) }
  func example(at index: Int, reducing: (Int, Int) -> Int) throws -> Example {
    try images.example(at: index, reducing: reducing)
  }
  func content(at index: Int) throws -> [UInt8] { try images.content(at: index) }
  var notes: [String] { images.notes }
  func size(at index: Int) throws -> (height: Int, width: Int) { try images.size(at: index) }
}

extension Dataset {
  /// Whether another set has the same images in the same order, which count as much.
  func hasImages(of other: any Dataset) -> Bool {
    guard count == other.count, groupColumns == other.groupColumns else { return false }
    return (0..<count).allSatisfy { place(at: $0) == other.place(at: $0) && weight(at: $0) == other.weight(at: $0) }
  }
}

/// Tasks that have the same images.
public struct TaskGroup: Sendable {
  /// Their places among the recipe's tasks.
  public let tasks: [Int]
  /// A column of labels for each of them.
  public let dataset: any Dataset

  /// Groups of those that have data, in the order of their first tasks.
  public static func groups(of sets: [(any Dataset)?]) -> [TaskGroup] {
    var groups: [(tasks: [Int], sets: [any Dataset])] = []
    for (task, set) in sets.enumerated() {
      guard let set else { continue }
      if let known = groups.firstIndex(where: { $0.sets[0].hasImages(of: set) }) {
        groups[known].tasks.append(task)
        groups[known].sets.append(set)
      } else {
        groups.append(([task], [set]))
      }
    }
    return groups.map { TaskGroup(tasks: $0.tasks, dataset: $0.sets.count == 1 ? $0.sets[0] : SharedImages($0.sets)) }
  }
}

/// Divides a batch in proportion to shares; every part gets at least one example, and what does not divide goes to the
/// parts that lack most.
///
/// - Parameter shares: each above 0, no more of them than the batch has examples.
func divide(_ batch: Int, by shares: [Double]) -> [Int] {
  let total = shares.reduce(0, +)
  let exact = shares.map { Double(batch) * $0 / total }
  var sizes = exact.map { max(1, Int($0)) }
  while sizes.reduce(0, +) < batch {
    let lack = zip(exact, sizes).map { $0 - Double($1) }
    guard let most = lack.indices.max(by: { (lack[$0], $1) < (lack[$1], $0) }) else { break }
    sizes[most] += 1
  }
  while sizes.reduce(0, +) > batch {
    let excess = zip(exact, sizes).map { $1 > 1 ? Double($1) - $0 : -.infinity }
    guard let most = excess.indices.max(by: { (excess[$0], $1) < (excess[$1], $0) }), sizes[most] > 1 else { break }
    sizes[most] -= 1
  }
  return sizes
}
