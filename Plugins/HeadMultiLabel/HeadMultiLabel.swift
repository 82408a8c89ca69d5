import ZooPlugin

/// A yes-or-no question for each class: sigmoid cross-entropy, summed over the classes that are known of an image.
struct MultiLabelHead: Head {
  struct Options: Config {
    /// Of the biases at first. -10 says no to everything, as most classes are absent from most images.
    var bias = -10.0
    /// How much each class counts in the loss; without it, all 1.
    var weights: [Double] = []
  }
  static let name = "multi-label"
  static let summary = "any number of classes: sigmoid cross-entropy, weights for classes, bias -10 at first"
  static let target = TargetKind.multiLabel
  static let outputs = [HeadOutput("logits", .sigmoid)]
  static let metrics = ["mean-average-precision", "f1-macro", "f1-micro", "auc"]
  let options: Options

  init(_ options: Options) throws {
    guard options.weights.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
      throw ZooError.option("weights", "must be at least 0")
    }
    guard options.bias.isFinite else { throw ZooError.option("bias", "must be a number") }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let classes = try g.classes
    guard options.weights.isEmpty || options.weights.count == classes else {
      throw ZooError.option("weights", "there are \(options.weights.count), but \(classes) classes")
    }
    let logits = try g.linear(g.input("pooled"), classes, initial: .zeros, biasInitial: .constant(options.bias))
    try g.output("logits", logits)
    try g.loss(weighed(g, g.sigmoidCrossEntropy(logits, g.multiLabelTarget())).sum([1]))
  }

  private func weighed(_ g: HeadGraph, _ losses: Tensor) throws -> Tensor {
    guard !options.weights.isEmpty else { return losses }
    return try losses * g.constant(options.weights)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(MultiLabelHead.self) }
