import ZooPlugin

/// An embedding learned by classifying (Zhai & Wu 2019, arXiv 1811.12649): features are normalised without scale and
/// offset, brought to the embedding's width where that differs, and to length 1; their products with one proxy for each
/// class, of length 1 at every pass, are the logits, over a temperature.
struct NormSoftmaxHead: Head {
  struct Options: Config {
    /// Width of the embedding; 0 for the backbone's.
    var width = 0
    var temperature = 0.05
    /// Share of each label that is spread over all classes.
    var smoothing = 0.0
    /// For very many classes: sub-sampling of proxies.
    var sampled = SampledClasses()
  }
  static let name = "norm-softmax"
  static let summary = "embedding learned by classifying against normalised proxies; float and one-bit codes"
  static let outputs = [
    HeadOutput("embedding", .embedding), HeadOutput("code", .bits), HeadOutput("logits", .softmax),
  ]
  let options: Options

  init(_ options: Options) throws {
    guard (0...65536).contains(options.width) else { throw ZooError.option("width", "must be from 0 to 65536") }
    guard options.temperature > 0, options.temperature.isFinite else {
      throw ZooError.option("temperature", "must be above 0, not \(options.temperature)")
    }
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    try options.sampled.check()
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    var x = try g.layerNorm(g.input("pooled"), epsilon: 1e-5)
    if options.width > 0, options.width != x.width {
      x = try g.linear(x, options.width, name: "projection", bias: false)
    }
    let embedding = try x.normalised()
    let proxies = try g.parameter(
      "proxies", shape: [g.classes, embedding.width],
      initial: .uniform(bound: 1 / Double(embedding.width).squareRoot()))
    let logits = try g.linear(embedding, weight: proxies.normalised()) / options.temperature
    try g.output("embedding", embedding)
    try g.output("code", embedding)
    try g.output("logits", logits)
    try g.loss(
      g.sampledCrossEntropy(
        embedding / options.temperature, weight: proxies, g.classTarget(), options.sampled,
        smoothing: options.smoothing) { try $0.normalised() }
        ?? g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(NormSoftmaxHead.self) }
