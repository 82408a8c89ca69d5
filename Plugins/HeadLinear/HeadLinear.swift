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
  }
  static let name = "linear"
  static let summary = "linear classifier: softmax cross-entropy, zero-initialised"
  let options: Options

  init(_ options: Options) throws {
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let initial: Initial = options.initial == .zeros ? .zeros : .xavierUniform
    let logits = try g.linear(g.input("pooled"), g.classes, initial: initial, bias: options.bias)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(LinearHead.self) }
