import Glibc
import ZooData
import ZooEngine
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
  /// The likeliest first.
  public let answers: [Answer]
}

/// Classifies images with every head that has classes.
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
    dataset: ImageListDataset(paths: paths), transform: try model.config.evaluationTransform(), batchSize: batch, seed: 0,
    phase: .evaluate)
  for number in 0..<(maker.batchCount ?? 0) {
    let images = try maker.makeBatch(number)
    try inference.run(images.images)
    for head in model.heads where inference.names.contains("\(head.name).logits") {
      let logits = try inference.output("\(head.name).logits", count: images.count)
      let classes = logits.shape.last ?? 0
      for (row, name) in images.names.enumerated() {
        let scores = logits.values[(row * classes)..<((row + 1) * classes)]
        try each(Prediction(image: name, head: head.name, answers: rank(Array(scores), head.labels, top: top)))
      }
    }
  }
}

private func rank(_ logits: [Float], _ labels: [String], top: Int) -> [Prediction.Answer] {
  let largest = Double(logits.max() ?? 0)
  let powers = logits.map { exp(Double($0) - largest) }
  let total = powers.reduce(0, +)
  let order = logits.indices.sorted { (powers[$0], $1) > (powers[$1], $0) }
  return order.prefix(top).map {
    Prediction.Answer(label: labels.indices.contains($0) ? labels[$0] : String($0), index: $0, probability: powers[$0] / total)
  }
}
