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
  /// The likeliest first; none for a head that has no classes.
  public let answers: [Answer]
  /// Its other outputs by name: numbers, embeddings, codes, levels.
  public let readings: [(output: String, reading: Reading)]
  /// What the head's plugin says itself, as JSON; nil for a head without a decoder.
  public let decoded: String?
}

/// With no more images than this, packing mapped weights costs more than it saves.
private let fewImages = 8

/// Asks every head about images: its classes' probabilities, its numbers, or its own reading of its outputs.
///
/// - Parameters:
///   - top: answers for each image.
///   - packs: as `Inference` has it; nil to pack mapped weights for more than a few images only.
///   - each: receives the predictions of one image after another, in order.
public func predict(
  _ paths: [String], with model: Model, engine: Engine, top: Int, packs: Bool? = nil,
  each: (Prediction) throws -> Void
) throws {
  let batch = min(max(paths.count, 1), 8)
  let inference = try Inference(
    model, engine: engine, batch: batch,
    packs: packs ?? (model.store.mappedBytes == 0 || paths.count > fewImages))
  let maker = try BatchMaker(
    dataset: ImageListDataset(paths: paths), transform: try model.config.evaluationTransform(), batchSize: batch,
    seed: 0, phase: .evaluate)
  for number in 0..<(maker.batchCount ?? 0) {
    let images = try maker.makeBatch(number)
    try inference.run(images.images)
    let heads = try model.heads.map { try HeadPredictions($0, inference, count: images.count) }
    for (row, name) in images.names.enumerated() {
      for head in heads { try each(head.prediction(row, image: name, top: top)) }
    }
  }
}

/// A head's outputs for some images.
private struct HeadPredictions {
  private let head: Model.Head
  private var outputs: [(name: String, reading: String, values: [Float], width: Int)] = []
  private let decoded: [String]

  init(_ head: Model.Head, _ inference: Inference, count: Int) throws {
    self.head = head
    var arrays: [HostArray] = []
    for output in try head.instance.headDeclaration().outputs {
      let (values, shape) = try inference.output("\(head.name).\(output.name)", count: count)
      outputs.append((output.name, output.reading, values, shape.dropFirst().reduce(1, *)))
      arrays.append(HostArray(name: output.name, shape: shape, elements: .float32(values)))
    }
    decoded = head.instance.hasDecoder ? try head.instance.decode(arrays) : []
  }

  func prediction(_ row: Int, image: String, top: Int) -> Prediction {
    let labels = head.labels
    var (answers, readings) = ([Prediction.Answer](), [(output: String, reading: Reading)]())
    for output in outputs {
      let values = Array(output.values[(row * output.width)..<((row + 1) * output.width)])
      if answers.isEmpty, let probabilities = probabilities(values, output.reading) {
        answers = rank(probabilities, labels, top: top)
      }
      if let reading = Reading(values, output.reading, labels: labels) { readings.append((output.name, reading)) }
    }
    return Prediction(
      image: image, head: head.name, answers: answers, readings: readings,
      decoded: decoded.indices.contains(row) ? decoded[row] : nil)
  }
}

/// Of each class; nil where an output is not about classes.
private func probabilities(_ values: [Float], _ reading: String) -> [Double]? {
  switch reading {
  case "softmax":
    let largest = Double(values.max() ?? 0)
    let powers = values.map { exp(Double($0) - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  case "sigmoid": return values.map { 1 / (1 + exp(-Double($0))) }
  case "levels":
    // Above the class before, and not above this one; questions that contradict each other leave nothing.
    let above = [1] + values.map { 1 / (1 + exp(-Double($0))) } + [0]
    return zip(above, above.dropFirst()).map { max($0 - $1, 0) }
  default: return nil
  }
}

private func rank(_ probabilities: [Double], _ labels: [String], top: Int) -> [Prediction.Answer] {
  let order = probabilities.indices.sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }
  return order.prefix(top).map {
    Prediction.Answer(
      label: labels.indices.contains($0) ? labels[$0] : String($0), index: $0, probability: probabilities[$0])
  }
}
