import ZooData
import ZooEngine
import ZooHost
import ZooTrain

/// What was measured of one head on labelled data.
public struct HeadResult: Sendable {
  /// For heads that score classes.
  public let classification: ClassificationResult?
  /// Metrics that the head's plugin computes itself.
  public let own: [(name: String, value: Double)]

  public var values: [(name: String, value: Double)] { (classification?.values ?? []) + own }
}

/// Runs a model over labelled data and measures one head: the classification metrics where it scores classes, and the
/// metrics of its own that its plugin has.
///
/// - Parameters:
///   - parametersChanged: whether the model was trained since `inference` ran last.
///   - progress: called after each batch with the number of images seen.
///   - scored: called with each batch and its scores, where the head scores classes.
public func measure(
  _ head: Model.Head, on dataset: any Dataset, with inference: Inference, transform: Transform,
  parametersChanged: Bool = false, progress: (Int) -> Void = { _ in },
  scored: (Batch, [Float]) -> Void = { _, _ in }
) throws -> HeadResult {
  let declaration = try head.instance.headDeclaration()
  let scores = head.scores
  let metrics = head.instance.hasMetrics ? declaration.metrics.filter { !["top-1", "top-5"].contains($0) } : []
  guard scores != nil || !metrics.isEmpty else {
    throw TrainError.model(
      "head '\(head.name)'", "scores no classes and has no metric of its own, so it cannot be measured")
  }
  let maker = try BatchMaker(
    dataset: dataset, transform: transform, batchSize: inference.batch, seed: 0, phase: .evaluate)
  let loader = try Loader(maker, threads: 2, prefetch: 2)
  defer { loader.cancel() }
  var counter = ClassificationCounter(names: head.labels)
  var collected = OutputCollection(metrics.isEmpty ? [] : declaration.outputs.map(\.name))
  var changed = parametersChanged
  var seen = 0
  while let batch = try loader.next() {
    try inference.run(batch.images, parametersChanged: changed)
    changed = false
    if let scores {
      let logits = try inference.output(scores, count: batch.count).values
      counter.add(logits: logits, labels: batch.labels)
      scored(batch, logits)
    }
    if !metrics.isEmpty {
      try collected.add(batch.labels) { try inference.output("\(head.name).\($0)", count: batch.count) }
    }
    seen += batch.count
    progress(seen)
  }
  let arrays = collected.arrays
  return HeadResult(
    classification: scores == nil ? nil : counter.result,
    own: try metrics.map { ($0, try head.instance.metric($0, arrays)) })
}

/// A head's outputs over a whole evaluation, as its plugin's metrics take them.
private struct OutputCollection {
  private let names: [String]
  private var values: [[Float]]
  private var shapes: [[Int]]
  private var labels: [Int32] = []

  init(_ names: [String]) {
    self.names = names
    (values, shapes) = (names.map { _ in [] }, names.map { _ in [] })
  }

  mutating func add(_ labels: [Int32], _ output: (String) throws -> (values: [Float], shape: [Int])) throws {
    for (index, name) in names.enumerated() {
      let part = try output(name)
      values[index] += part.values
      shapes[index] = part.shape
    }
    self.labels += labels
  }

  var arrays: [HostArray] {
    var result = zip(names, zip(values, shapes)).map { name, array in
      HostArray(name: name, shape: [labels.count] + array.1.dropFirst(), elements: .float32(array.0))
    }
    result.append(HostArray(name: "target.first", shape: [labels.count], elements: .int32(labels)))
    let ones = [Float](repeating: 1, count: labels.count)
    result.append(HostArray(name: "weight", shape: [labels.count], elements: .float32(ones)))
    return result
  }
}
