import ZooPlugin

/// Additive angular margin (Deng, Guo, Xue, Zafeiriou: "ArcFace", CVPR 2019): the angle between features and the row of
/// the true class is widened by a margin before the softmax, in training alone. Gives logits and a unit embedding.
struct ArcFaceHead: Head {
  struct Options: Config {
    /// Length that features are brought to, the paper's s.
    var scale = 30.0
    /// Radians, the paper's m.
    var margin = 0.5
    /// Width of the embedding; 0 takes the features as they are.
    var width = 0
  }
  static let name = "arcface"
  static let summary = "angular margin softmax on unit embeddings"
  static let outputs = [HeadOutput("logits", .softmax), HeadOutput("embedding", .embedding)]
  let options: Options

  init(_ options: Options) throws {
    guard options.scale > 0 else { throw ZooError.option("scale", "must be above 0") }
    guard (0..<1.5).contains(options.margin) else { throw ZooError.option("margin", "must be from 0 to 1.5") }
    guard options.width >= 0 else { throw ZooError.option("width", "must not be negative") }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let features = try g.input("pooled")
    let embedding = try
      (options.width > 0 ? g.linear(features, options.width, name: "embedding", bias: false) : features).normalised()
    let rows = try g.parameter(
      "weight", shape: [g.classes, embedding.width], initial: .xavierUniform, decay: false)
    // Kept off ±1, where the angle has no slope.
    let cosine = try g.maximum(
      g.minimum(g.linear(embedding, weight: rows.normalised()), g.fill(1 - 1e-6, shape: [1, 1])),
      g.fill(1e-6 - 1, shape: [1, 1]))
    try g.output("embedding", embedding)
    try g.output("logits", cosine * options.scale)
    try g.loss(margined(g, cosine))
  }

  /// cos(θ + m) = cos θ·cos m - sin θ·sin m at the label's place, weighted where labels are mixed.
  private func margined(_ g: HeadGraph, _ cosine: Tensor) throws -> Tensor {
    let target = try g.classTarget()
    guard g.phase == .train, options.margin > 0 else {
      return try g.softmaxCrossEntropy(cosine * options.scale, target)
    }
    let mix = try target.mix.reshaped([Tensor.batch, 1])
    let label =
      try g.oneHot(target.first, classes: g.classes) * mix
      + g.oneHot(target.second, classes: g.classes) * (1 - mix)
    let angle = try cosine.acos()
    return try g.softmaxCrossEntropy((angle + label * options.margin).cos() * options.scale, target)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(ArcFaceHead.self) }
