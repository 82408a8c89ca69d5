import ZooPlugin

/// Classes as directions: the cosine between the features and each class's row, over a temperature.
struct CosineHead: Head {
  struct Options: Config {
    var temperature = 0.05
    /// Share of each label that is spread over all classes.
    var smoothing = 0.0
  }
  static let name = "cosine"
  static let summary = "cosine classifier: softmax cross-entropy over a temperature"
  static let outputs = [HeadOutput("logits", .softmax), HeadOutput("embedding", .embedding)]
  let options: Options

  init(_ options: Options) throws {
    guard options.temperature > 0, options.temperature.isFinite else {
      throw ZooError.option("temperature", "must be above 0, not \(options.temperature)")
    }
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let embedding = try g.input("pooled").normalised()
    let rows = try g.parameter(
      "weight", shape: [g.classes, embedding.width], initial: .uniform(bound: 1 / Double(embedding.width).squareRoot()),
      decay: false)
    let logits = try g.linear(embedding, weight: rows.normalised()) / options.temperature
    try g.output("logits", logits)
    try g.output("embedding", embedding)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(CosineHead.self) }
