import ZooPlugin

/// Numbers from one linear layer. What is no number in a target is unknown and teaches nothing; an image's loss is the
/// mean over what is known of it.
struct RegressionHead: Head {
  enum Loss: String, Choice {
    /// Half the squared error.
    case l2
    /// The absolute error.
    case l1
    /// Half the squared error up to `delta`, from there on straight (Huber 1964).
    case huber
  }
  struct Options: Config {
    var loss = Loss.l2
    /// Where `huber` becomes straight, in units of `scale`.
    var delta = 1.0
    /// What the head says at first, for each number or for all.
    var center = [0.0]
    /// The unit of the errors, for each number or for all: a typical deviation of the target.
    var scale = [1.0]
  }
  static let name = "regression"
  static let summary = "numbers: squared, absolute or Huber loss"
  static let target = TargetKind.vector
  static let outputs = [HeadOutput("values", .values)]
  static let metrics = ["mean-absolute-error", "root-mean-square-error"]
  let options: Options

  init(_ options: Options) throws {
    guard options.delta > 0, options.delta.isFinite else { throw ZooError.option("delta", "must be above 0") }
    guard options.scale.allSatisfy({ $0 > 0 && $0.isFinite }) else { throw ZooError.option("scale", "must be above 0") }
    guard options.center.allSatisfy(\.isFinite) else { throw ZooError.option("center", "must be numbers") }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let width = try g.targetWidth
    let scale = try row(g, "scale", options.scale, width)
    let center = try row(g, "center", options.center, width)
    let values = try g.linear(g.input("pooled"), width, initial: .zeros) * scale + center
    try g.output("values", values)
    try g.loss(meanOfKnown(g, values, g.vectorTarget(), scale))
  }

  private func row(_ g: HeadGraph, _ name: String, _ numbers: [Double], _ width: Int) throws -> Tensor {
    if numbers.count == 1 { return try g.fill(numbers[0], shape: [1]) }
    guard numbers.count == width else {
      throw ZooError.option(name, "there are \(numbers.count), but \(width) numbers to learn")
    }
    return try g.constant(numbers)
  }

  private func meanOfKnown(_ g: HeadGraph, _ values: Tensor, _ target: Tensor, _ scale: Tensor) throws -> Tensor {
    let known = try target.known()
    let error = try g.choose(known, (values - target) / scale, else: g.fill(0, shape: [1]))
    let count = try g.maximum(known.sum([1]), g.fill(1, shape: [1]))
    return try loss(g, error).sum([1]) / count
  }

  private func loss(_ g: HeadGraph, _ error: Tensor) throws -> Tensor {
    switch options.loss {
    case .l2: return try error.square() / 2
    case .l1: return try error.absolute()
    case .huber:
      let size = try error.absolute()
      let near = try g.minimum(size, g.fill(options.delta, shape: [1]))
      return try near * (size - near / 2)
    }
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(RegressionHead.self) }
