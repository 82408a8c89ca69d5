import Glibc
import ZooData
import ZooEngine
import ZooTrain

/// How far the outputs of one model are from another's of the same shape, over the same images.
public struct OutputComparison: Sendable {
  /// Of one output: `HEAD.OUTPUT`, or the last activation of a model without heads.
  public struct Output: Sendable {
    public let name: String
    /// Of the angle between the two outputs of an image: mean and least.
    public let meanCosine: Double
    public let leastCosine: Double
    /// Share of images for which both find the same class the likeliest; nil where no classes are scored.
    public let agreement: Double?
    /// Share of labelled images whose class each model finds the likeliest; nil without labels.
    public let accuracy: (reference: Double, other: Double)?
  }

  public let images: Int
  public let outputs: [Output]

  /// - Parameters:
  ///   - labels: the head whose classes the data set's first column has; nil for data without known labels.
  public init(
    _ reference: Model, _ other: Model, on dataset: any Dataset, transform: Transform, engine: Engine, batch: Int,
    labels: Model.Head?, progress: (Int) -> Void = { _ in }
  ) throws {
    let batch = max(1, min(batch, dataset.count))
    let first = try Inference(reference, engine: engine, batch: batch)
    let second = try Inference(other, engine: engine, batch: batch)
    let names = reference.heads.isEmpty ? Array(first.names.suffix(1)) : first.names
    var sums = names.map { OutputSums(name: $0, isScored: Self.scores(reference, $0), labelled: labels?.scores == $0) }
    let loader = try Loader(
      try BatchMaker(dataset: dataset, transform: transform, batchSize: batch, seed: 0, phase: .evaluate), threads: 2,
      prefetch: 2)
    defer { loader.cancel() }
    var seen = 0
    while let part = try loader.next() {
      try first.run(part.images)
      try second.run(part.images)
      let known: [Int32]
      if case .classes(let classes)? = part.targets.first { known = classes } else { known = [] }
      for index in sums.indices {
        let (one, shape) = try first.output(sums[index].name, count: part.count)
        let two = try second.output(sums[index].name, count: part.count).values
        sums[index].add(one, two, width: shape.dropFirst().reduce(1, *), known)
      }
      seen += part.count
      progress(seen)
    }
    images = seen
    outputs = sums.map(\.output)
  }

  private static func scores(_ model: Model, _ output: String) -> Bool {
    model.heads.contains { $0.scores == output }
  }
}

private struct OutputSums {
  let name: String
  let isScored: Bool
  let labelled: Bool
  private var (count, agreed, known, right, otherRight) = (0, 0, 0, 0, 0)
  private var (cosines, least) = (0.0, 1.0)

  init(name: String, isScored: Bool, labelled: Bool) {
    (self.name, self.isScored, self.labelled) = (name, isScored, labelled)
  }

  mutating func add(_ one: [Float], _ two: [Float], width: Int, _ labels: [Int32]) {
    for (row, start) in stride(from: 0, to: one.count, by: width).enumerated() {
      let (a, b) = (one[start..<(start + width)], two[start..<(start + width)])
      let cosine = Self.cosine(a, b)
      cosines += cosine
      least = min(least, cosine)
      count += 1
      guard isScored else { continue }
      let (first, second) = (Self.likeliest(a), Self.likeliest(b))
      if first == second { agreed += 1 }
      guard labelled, labels.indices.contains(row), labels[row] >= 0 else { continue }
      known += 1
      if first == Int(labels[row]) { right += 1 }
      if second == Int(labels[row]) { otherRight += 1 }
    }
  }

  private static func cosine(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Double {
    var (product, one, two) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      product += Double(x) * Double(y)
      one += Double(x) * Double(x)
      two += Double(y) * Double(y)
    }
    return one > 0 && two > 0 ? product / (one * two).squareRoot() : one == two ? 1 : 0
  }

  private static func likeliest(_ scores: ArraySlice<Float>) -> Int {
    var best = scores.startIndex
    for place in scores.indices where scores[place] > scores[best] { best = place }
    return best - scores.startIndex
  }

  var output: OutputComparison.Output {
    let total = Double(max(count, 1))
    return .init(
      name: name, meanCosine: cosines / total, leastCosine: least, agreement: isScored ? Double(agreed) / total : nil,
      accuracy: known > 0 ? (Double(right) / Double(known), Double(otherRight) / Double(known)) : nil)
  }
}
