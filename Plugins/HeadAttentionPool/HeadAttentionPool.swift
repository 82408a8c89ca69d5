import ZooPlugin

/// Pools by attention: a learned query looks at all positions, a block of two layers follows, then a linear classifier
/// (the MAP head of Zhai et al. 2022, "Scaling Vision Transformers").
struct AttentionPoolHead: Head {
  struct Options: Config {
    /// Heads of the attention; 0 for one for each 64 features.
    var heads = 0
    /// Width of the block's hidden layer, as a multiple of the features.
    var expansion = 4
    /// Share of each label that is spread over all classes.
    var smoothing = 0.0
  }
  static let name = "attention-pool"
  static let summary = "classifier that pools positions by attention (MAP)"
  static let inputs = ["tokens"]
  static let outputs = [HeadOutput("logits", .softmax), HeadOutput("pooled", .embedding)]
  let options: Options

  init(_ options: Options) throws {
    guard (0...1024).contains(options.heads) else { throw ZooError.option("heads", "must be from 0 to 1024") }
    guard (1...64).contains(options.expansion) else { throw ZooError.option("expansion", "must be from 1 to 64") }
    guard (0..<1).contains(options.smoothing) else {
      throw ZooError.option("smoothing", "must be at least 0 and below 1, not \(options.smoothing)")
    }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let pooled = try pool(g, positions(g.input("tokens")))
    let logits = try g.linear(pooled, g.classes, initial: .zeros)
    try g.output("logits", logits)
    try g.output("pooled", pooled)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget(), smoothing: options.smoothing))
  }

  /// [batch, n, width]; a map [batch, h, w, width] is taken as h·w positions.
  private func positions(_ x: Tensor) throws -> Tensor {
    switch x.rank {
    case 3: return x
    case 4: return try x.reshaped([Tensor.batch, x.shape[1] * x.shape[2], x.width])
    default: throw ZooError("needs positions [batch, n, width] or a map [batch, h, w, width], not \(x.shape)")
    }
  }

  /// -> [batch, width].
  private func pool(_ g: HeadGraph, _ x: Tensor) throws -> Tensor {
    let (count, width) = (x.shape[1], x.width)
    let heads = options.heads > 0 ? options.heads : max(1, width / 64)
    guard width % heads == 0 else { throw ZooError.option("heads", "\(heads) do not divide \(width) features") }
    let each = width / heads
    let probe = try g.parameter("probe", shape: [1, width], initial: .xavierUniform)
    let query = try g.linear(probe, width, name: "query").reshaped([heads, each])
    let keys = try g.linear(x, width, name: "key").reshaped([Tensor.batch, count, heads, each])
    let values = try g.linear(x, width, name: "value").reshaped([Tensor.batch, count, heads, each])
    let scores = try (keys * query).sum([3]) / Double(each).squareRoot()
    let shares = try scores.transposed([0, 2, 1]).softmax().reshaped([Tensor.batch, heads, 1, count])
    let mixed = try g.matmul(shares, values.transposed([0, 2, 1, 3])).reshaped([Tensor.batch, width])
    let y = try g.linear(mixed, width, name: "out")
    let hidden = try g.linear(g.layerNorm(y, name: "norm"), width * options.expansion, name: "mlp.0").gelu()
    return try y + g.linear(hidden, width, name: "mlp.1")
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(AttentionPoolHead.self) }
