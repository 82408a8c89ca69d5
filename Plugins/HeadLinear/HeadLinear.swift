import ZooPlugin

/// One linear layer over the pooled features, trained with softmax cross-entropy.
struct LinearHead: Head {
  enum Start: String, Choice {
    /// Weights and bias 0, as BiT starts a transfer.
    case zeros
    /// Weights as Glorot & Bengio 2010 draw them.
    case random
  }
  struct Options: Config {
    /// Share of each label that is spread over all classes.
    var smoothing = 0.0
    var initial = Start.zeros
    var bias = true
    /// For very many classes.
    var sampled = SampledClasses()
  }
  static let name = "linear"
  static let summary = "linear classifier: softmax cross-entropy, zero-initialised"
  let options: Options

  init(_ options: Options) throws {
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    try options.sampled.check()
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let x = try g.input("pooled")
    let weight = try g.parameter(
      "weight", shape: [g.classes, x.width], initial: options.initial == .zeros ? .zeros : .xavierUniform)
    let bias = options.bias ? try g.parameter("bias", shape: [g.classes], initial: .zeros) : nil
    let logits = try g.linear(x, weight: weight, bias: bias)
    try g.output("logits", logits)
    try g.loss(
      g.sampledCrossEntropy(
        x, weight: weight, bias: bias, g.classTarget(), options.sampled, smoothing: options.smoothing)
        ?? g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(LinearHead.self) }
