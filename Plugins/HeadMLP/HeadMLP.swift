import ZooPlugin

/// Hidden layers before a linear classifier that starts at zero.
struct MLPHead: Head {
  enum Activation: String, Choice { case gelu, relu, tanh }
  struct Options: Config {
    /// Widths of the hidden layers.
    var hidden = [512]
    var activation = Activation.gelu
    /// Share of each label that is spread over all classes.
    var smoothing = 0.0
  }
  static let name = "mlp"
  static let summary = "classifier with hidden layers: softmax cross-entropy"
  let options: Options

  init(_ options: Options) throws {
    guard options.hidden.allSatisfy({ (1...65536).contains($0) }) else {
      throw ZooError.option("hidden", "must be widths from 1 to 65536")
    }
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    var x = try g.input("pooled")
    for (index, width) in options.hidden.enumerated() {
      let hidden = try g.linear(x, width, name: "hidden\(index)")
      switch options.activation {
      case .gelu: x = try hidden.gelu()
      case .relu: x = try hidden.relu()
      case .tanh: x = try hidden.tanh()
      }
    }
    let logits = try g.linear(x, g.classes, initial: .zeros)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(MLPHead.self) }
