import ZooPlugin

/// The nearest class mean (Mensink et al. 2013; Snell, Swersky, Zemel 2017): a class is the mean of its examples, kept
/// in states that batches add to, and an example belongs to the nearest one. The projection learns from the distances.
struct PrototypeHead: Head, HeadDecoder {
  struct Options: Config {
    /// Width of the projection; 0 compares the features as they are, and then nothing is trained.
    var width = 16
    /// Share of the past that a batch leaves: 1 counts every example ever seen alike.
    var keep = 0.98
  }
  static let name = "prototype"
  static let summary = "nearest class mean, the means kept as states"
  let options: Options

  init(_ options: Options) throws {
    guard options.width >= 0 else { throw ZooError.option("width", "must not be negative") }
    guard options.keep > 0, options.keep <= 1 else { throw ZooError.option("keep", "must be above 0 and at most 1") }
    self.options = options
  }

  func build(_ g: HeadGraph) throws {
    let features = try g.input("pooled")
    let x = try options.width > 0 ? g.linear(features, options.width, name: "projection", bias: false) : features
    let classes = try g.classes
    // Sums and counts fade alike, so that their quotient is a mean.
    let sums = try g.state("sums", shape: [classes, x.width], merge: .mean)
    let counts = try g.state("counts", shape: [classes, 1], merge: .mean)
    let means = try sums / (counts + 1e-6)
    // -|x - μ|² without x², which is the same for all classes; a class without examples is far from everything.
    let unseen = try g.greater(g.fill(1e-9, shape: [1, 1]), counts.reshaped([1, classes]))
    let logits = try g.linear(x, weight: means) * 2 - means.square().sum([1]).reshaped([1, classes]) - unseen * 1e4
    try g.output("logits", logits)
    guard try g.hasTarget else { return }
    let target = try g.classTarget()
    try g.loss(g.softmaxCrossEntropy(logits * 0.1, target))
    guard g.phase == .train else { return }
    let label = try g.oneHot(target.first, classes: classes)
    let one = try target.mix.reshaped([Tensor.batch, 1]) * 0 + 1
    try g.update(sums, to: sums * options.keep + g.outerSum(label, x))
    try g.update(counts, to: counts * options.keep + g.outerSum(label, one))
  }

  /// The class and how far ahead it is of the next.
  func decode(_ outputs: HostArrays) throws -> String {
    let logits = try outputs["logits"]
    let width = logits.shape.last ?? 0
    guard width > 0 else { throw ZooError("'logits' has no classes") }
    let rows = (0..<(logits.values.count / width)).map { row in
      let scores = logits.values[(row * width)..<((row + 1) * width)].enumerated().sorted { $0.element > $1.element }
      let ahead = scores.count > 1 ? scores[0].element - scores[1].element : 0
      return "{\"class\":\(scores[0].offset),\"ahead\":\(ahead.isFinite ? ahead : 0)}"
    }
    return "[" + rows.joined(separator: ",") + "]"
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(PrototypeHead.self) }
