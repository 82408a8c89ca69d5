import ZooPlugin

/// Classes as directions: the cosine between features and each class's row, over a temperature (Zhai & Wu
/// 2019).
struct CosineHead: Head {
  struct Options: Config { var temperature = 0.05 }
  static let name = "cosine"
  static let summary = "cosine classifier"
  static let outputs = [HeadOutput("logits", .softmax), HeadOutput("embedding", .embedding)]
  let options: Options

  init(_ options: Options) throws {
    guard options.temperature > 0 else { throw ZooError.option("temperature", "must be above 0") }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let embedding = try g.input("pooled").normalised()
    let bound = 1 / Double(embedding.width).squareRoot()
    let rows = try g.parameter(
      "weight", shape: [g.classes, embedding.width], initial: .uniform(bound: bound), decay: false)
    let logits = try g.linear(embedding, weight: rows.normalised()) / options.temperature
    try g.output("embedding", embedding)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget()))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(CosineHead.self) }
