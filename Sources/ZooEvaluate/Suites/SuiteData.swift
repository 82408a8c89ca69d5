import FoundationEssentials
import Glibc
import ZooArchive
import ZooData
import ZooRecipe
import ZooTrain

/// The data of one task of a suite, opened and cut.
public struct SuiteData {
  /// What is learnt from in the end: the training part, then the validation part.
  public let train: any Dataset
  /// Places in `train` that settings may be chosen on; empty without a validation part.
  public let held: Range<Int>
  public let test: any Dataset
  public let isNormalised: Bool

  /// - Parameter root: the folder that holds a folder for each data set.
  /// - Throws: `SuiteProblem.absent` where data are not there; errors of the data that are.
  public init(_ task: SuiteTask, root: String) throws {
    guard let train = task.train else { throw EvaluateError.nothingToLearn }
    var splits: [String: Split] = [:]
    func part(_ slice: SuiteSlice) throws -> any Dataset {
      if splits[slice.split] == nil { splits[slice.split] = try Split(task, slice.split, root: root) }
      guard let split = splits[slice.split] else { throw EvaluateError.nothingToLearn }
      return try split.part(slice)
    }
    var parts = [try part(train)]
    if let validation = task.validation { parts.append(try part(validation)) }
    let all = try Self.sharingClasses(parts + [try part(task.test)])
    self.train = try JoinedDataset(Array(all.dropLast()))
    held = task.validation == nil ? 0..<0 : all[0].count..<(all[0].count + all[1].count)
    test = all[all.count - 1]
    isNormalised = splits.values.contains { $0.isNormalised }
  }

  public func taskData(_ dataset: any Dataset) -> TaskData { TaskData(dataset: dataset, isNormalised: isNormalised) }

  /// Sets whose classes mean the same: by name, in the first one's order; or as many as any of them has.
  static func sharingClasses(_ sets: [any Dataset]) throws -> [any Dataset] {
    guard let first = sets.first else { return [] }
    for set in sets where set.columns[0].kind != .classes {
      throw DataError.noClasses(dataSet: set.origin, column: set.columns[0].name, kind: set.columns[0].kind)
    }
    if !first.classes.isEmpty { return try sets.map { try $0.reindexed(to: first.classes) } }
    let count = sets.map(\.classCount).max() ?? 0
    return try sets.map { set in
      try RelabelledDataset(set, labels: (0..<set.count).map { set.label(at: $0) }, classes: count)
    }
  }

  /// A split, whole.
  private struct Split {
    let dataset: any Dataset
    let isNormalised: Bool
    /// The order of its examples; nil for that of the data.
    let order: [Int]?

    init(_ task: SuiteTask, _ split: String, root: String) throws {
      let stem = "\(root)/\(task.data)/\(split)"
      guard let spec = suiteDataPath(stem) else { throw SuiteProblem.absent("\(stem) is not there") }
      if let label = task.label {
        guard spec.form == .shards else {
          throw SuiteProblem.unsuited("\(spec.path): labels from annotations need shards, \(stem)-*.tar with .json members")
        }
        dataset = try AnnotatedShards(spec.path, classCount: label.classes) { object throws(AnnotationProblem) in
          try label.label(of: object)
        }
        (isNormalised, order) = (false, nil)
        return
      }
      let data = try TaskData(try DataSource(spec: spec.path), target: "class")
      (dataset, isNormalised) = (data.dataset, data.isNormalised)
      if spec.form == .folders {
        var random = CounterRandom(seed: 0, RandomStream.order)
        order = random.permutation(data.dataset.count)
      } else {
        order = nil
      }
    }

    func part(_ slice: SuiteSlice) throws -> any Dataset {
      guard let places = slice.places(dataset.count), !places.isEmpty else {
        throw SuiteProblem.unsuited("\(dataset.origin): has \(dataset.count) examples, too few for \(slice)")
      }
      return try dataset.subset(places.map { order?[$0] ?? $0 })
    }
  }
}

/// Why a task of a suite cannot be run.
public enum SuiteProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// Its data are not there.
  case absent(String)
  /// They are there, and not as the task needs them.
  case unsuited(String)

  public var description: String {
    switch self {
    case .absent(let text), .unsuited(let text): text
    }
  }
}

enum SuiteForm { case shards, table, folders }

/// Where the split that begins with `stem` lies, and in which form; nil where it does not.
func suiteDataPath(_ stem: String) -> (path: String, form: SuiteForm)? {
  func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
  if (try? shardFiles("\(stem)-*.tar")) != nil { return ("\(stem)-*.tar", .shards) }
  for ending in [".jsonl", ".csv"] where exists(stem + ending) { return (stem + ending, .table) }
  if exists(stem + ".tar") { return (stem + ".tar", .folders) }
  return exists(stem) ? (stem, .folders) : nil
}
