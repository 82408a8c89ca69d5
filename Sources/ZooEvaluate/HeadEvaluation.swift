import ZooData
import ZooEngine
import ZooHost
import ZooTrain

/// What was measured of one head on labelled data.
public struct HeadResult: Sendable {
  public let head: String
  /// By the host, for outputs that it can read.
  public let measures: Measures?
  /// Metrics that the head's plugin computes itself.
  public let own: [(name: String, value: Double)]
  /// For each column of groups that the data has.
  public let groups: [GroupReport]
  /// One for each example with a known class, for heads that score classes.
  public let answers: [ClassAnswer]

  public var values: [(name: String, value: Double)] { (measures?.values ?? []) + own }
}

/// Runs a model over labelled data and measures heads, each by the column of labels it is given, in one pass.
///
/// - Parameters:
///   - heads: with the number of the data set's column that holds their labels.
///   - parametersChanged: whether the model was trained since `inference` ran last.
///   - progress: called after each batch with the number of images seen.
public func measure(
  _ heads: [(head: Model.Head, column: Int)], on dataset: any Dataset, with inference: Inference,
  transform: Transform, parametersChanged: Bool = false, progress: (Int) -> Void = { _ in }
) throws -> [HeadResult] {
  var measuring = try heads.map { try HeadMeasuring($0.head, column: $0.column) }
  let maker = try BatchMaker(
    dataset: dataset, transform: transform, batchSize: inference.batch, seed: 0, phase: .evaluate)
  let loader = try Loader(maker, threads: 2, prefetch: 2)
  defer { loader.cancel() }
  var changed = parametersChanged
  var seen = 0
  while let batch = try loader.next() {
    try inference.run(batch.images, parametersChanged: changed)
    changed = false
    for index in measuring.indices { try measuring[index].add(batch, inference) }
    seen += batch.count
    progress(seen)
  }
  return try measuring.map { try $0.result(dataset) }
}

/// The same for one head, by the data set's first column.
public func measure(
  _ head: Model.Head, on dataset: any Dataset, with inference: Inference, transform: Transform,
  parametersChanged: Bool = false, progress: (Int) -> Void = { _ in }
) throws -> HeadResult {
  try measure(
    [(head, 0)], on: dataset, with: inference, transform: transform, parametersChanged: parametersChanged,
    progress: progress)[0]
}

/// The metrics that a head can be measured by, the one to watch first. Some need more of the data than it may hold.
/// - Throws: where the head cannot be measured at all.
func metricNames(of head: Model.Head) throws -> [String] { try HeadMeasuring(head, column: 0).metricNames }

/// One head while its data goes by.
private struct HeadMeasuring {
  private let head: Model.Head
  private let column: Int
  private let output: String
  private var answers: (any Answers)?
  private let metrics: [String]
  private var collected: CollectedOutputs

  init(_ head: Model.Head, column: Int) throws {
    (self.head, self.column) = (head, column)
    let declaration = try head.instance.headDeclaration()
    let labels = head.labels
    let found = declaration.outputs.lazy.compactMap { output -> (name: String, answers: any Answers)? in
      switch (output.reading, declaration.target) {
      case ("softmax", "class"): (output.name, ClassAnswers(names: labels))
      case ("levels", "class"): (output.name, LevelAnswers(names: labels))
      case ("sigmoid", "multi-label"): (output.name, LabelAnswers(names: labels))
      case ("values", "vector"): (output.name, NumberAnswers(names: labels))
      default: nil
      }
    }.first
    (output, answers) = ("\(head.name).\(found?.name ?? "")", found?.answers)
    let given = answers.map { type(of: $0).metrics } ?? []
    metrics = head.instance.hasMetrics ? declaration.metrics.filter { !given.contains($0) } : []
    guard answers != nil || !metrics.isEmpty else {
      throw TrainError.model(
        "head '\(head.name)'", "has no output that can be measured and no metric of its own")
    }
    collected = CollectedOutputs(metrics.isEmpty ? [] : declaration.outputs.map(\.name))
  }

  var metricNames: [String] { (answers.map { type(of: $0).metrics } ?? []) + metrics }

  mutating func add(_ batch: Batch, _ inference: Inference) throws {
    let labels = batch.targets[column]
    if answers != nil {
      let values = try inference.output(output, count: batch.count).values
      answers?.add(values, labels, examples: batch.indices)
    }
    if !metrics.isEmpty {
      let prefix = head.name + "."
      try collected.add(batch, labels) { try inference.output(prefix + $0, count: batch.count) }
    }
  }

  func result(_ dataset: any Dataset) throws -> HeadResult {
    let groups = try dataset.groupColumns.enumerated().compactMap { number, name -> GroupReport? in
      var members: [String: Set<Int>] = [:]
      for index in 0..<dataset.count {
        if let group = dataset.group(at: index, column: number) { members[group, default: []].insert(index) }
      }
      // One group has nothing to be compared with: what the data was split by, say.
      guard members.count > 1 else { return nil }
      return GroupReport(
        column: name,
        groups: try members.keys.sorted(by: comesBefore).map { group in
          let own = members[group] ?? []
          return (group, try values(own.contains))
        })
    }
    return HeadResult(
      head: head.name, measures: answers?.measures { _ in true }, own: try ownValues { _ in true }, groups: groups,
      answers: (answers as? ClassAnswers)?.all ?? [])
  }

  private func values(_ included: (Int) -> Bool) throws -> [(name: String, value: Double)] {
    (answers?.measures(included).values ?? []) + (try ownValues(included))
  }

  private func ownValues(_ included: (Int) -> Bool) throws -> [(name: String, value: Double)] {
    guard !metrics.isEmpty else { return [] }
    let arrays = collected.arrays(included)
    return try metrics.map { ($0, try head.instance.metric($0, arrays)) }
  }
}

/// Names of groups: numbers by their size, before texts.
private func comesBefore(_ a: String, _ b: String) -> Bool {
  switch (Double(a), Double(b)) {
  case (let x?, let y?): x != y ? x < y : a < b
  case (_?, nil): true
  case (nil, _?): false
  case (nil, nil): a < b
  }
}
