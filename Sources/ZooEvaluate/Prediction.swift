import Glibc
import ZooData
import ZooEngine
import ZooHost
import ZooTrain

/// What a head answers for one image.
public struct Prediction: Sendable {
  public struct Answer: Sendable {
    public let label: String
    public let index: Int
    public let probability: Double
  }
  public let image: String
  public let head: String
  /// The likeliest first; none for a head that scores no classes.
  public let answers: [Answer]
  /// What the head's plugin says itself, as JSON; nil for a head without a decoder.
  public let decoded: String?
}

/// Asks every head about images: its classes' probabilities, or its own reading of its outputs.
///
/// - Parameters:
///   - top: answers for each image.
///   - each: receives the predictions of one image after another, in order.
public func predict(
  _ paths: [String], with model: Model, engine: Engine, top: Int, each: (Prediction) throws -> Void
) throws {
  let batch = min(max(paths.count, 1), 8)
  let inference = try Inference(model, engine: engine, batch: batch)
  let maker = try BatchMaker(
    dataset: ImageListDataset(paths: paths), transform: try model.config.evaluationTransform(), batchSize: batch,
    seed: 0,
    phase: .evaluate)
  for number in 0..<(maker.batchCount ?? 0) {
    let images = try maker.makeBatch(number)
    try inference.run(images.images)
    for head in model.heads {
      let rows = try head.instance.hasDecoder ? decode(head, inference, count: images.count) : []
      let logits = try head.scores.map { try inference.output($0, count: images.count) }
      let classes = logits?.shape.last ?? 0
      for (row, name) in images.names.enumerated() {
        let scores = logits?.values[(row * classes)..<((row + 1) * classes)] ?? []
        try each(
          Prediction(
            image: name, head: head.name, answers: rank(Array(scores), head.labels, top: top),
            decoded: rows.indices.contains(row) ? rows[row] : nil))
      }
    }
  }
}

private func decode(_ head: Model.Head, _ inference: Inference, count: Int) throws -> [String] {
  try head.instance.decode(
    try head.instance.headDeclaration().outputs.map { output in
      let (values, shape) = try inference.output("\(head.name).\(output.name)", count: count)
      return HostArray(name: output.name, shape: shape, elements: .float32(values))
    })
}

private func rank(_ logits: [Float], _ labels: [String], top: Int) -> [Prediction.Answer] {
  let largest = Double(logits.max() ?? 0)
  let powers = logits.map { exp(Double($0) - largest) }
  let total = powers.reduce(0, +)
  let order = logits.indices.sorted { (powers[$0], $1) > (powers[$1], $0) }
  return order.prefix(top).map {
    Prediction.Answer(
      label: labels.indices.contains($0) ? labels[$0] : String($0), index: $0, probability: powers[$0] / total)
  }
}
