import ZooPlugin

/// Classes in an order, such as grades: one score, and for each class but the last the question whether the label is
/// above it.
struct OrdinalHead: Head {
  enum Form: String, Choice {
    /// A free bias for each question (CORAL: Cao, Mirjalili & Raschka 2020).
    case coral
    /// Thresholds that stay in order (McCullagh 1980).
    case cumulative
  }
  struct Options: Config { var form = Form.coral }
  static let name = "ordinal"
  static let summary = "ordered classes: one score, a question above each class but the last"
  static let outputs = [HeadOutput("levels", .levels)]
  static let metrics = ["mean-absolute-error", "quadratic-kappa", "top-1"]
  let options: Options

  init(_ options: Options) { self.options = options }

  func build(_ g: HeadGraph) throws {
    let classes = try g.classes
    guard classes > 1 else { throw ZooError("ordered classes need at least two labels") }
    let score = try g.linear(g.input("pooled"), 1, name: "score", initial: .lecunNormal, bias: false)
    let levels = try score - thresholds(g, classes - 1)
    try g.output("levels", levels)
    try g.loss(g.sigmoidCrossEntropy(levels, above(g, classes)).sum([1]))
  }

  /// [count]; evenly spaced by 1 about 0 at first.
  private func thresholds(_ g: HeadGraph, _ count: Int) throws -> Tensor {
    let first = -Double(count - 1) / 2
    let learned = try g.parameter("thresholds", shape: [count], initial: .zeros)
    switch options.form {
    case .coral:
      return try learned + g.constant((0..<count).map { first + Double($0) })
    case .cumulative:
      // The first lies anywhere, each further one a softplus above the one before, 1 at first.
      var all = [try learned.slice(axis: 0, 0..<1) + first]
      for index in 1..<max(count, 1) {
        let step = try (learned.slice(axis: 0, index..<index + 1) + 0.541324854612918).softplus()
        all.append(try all[index - 1] + step)
      }
      return try g.concatenate(all, axis: 0)
    }
  }

  /// [batch, classes - 1]: the share of the label that is above each class.
  private func above(_ g: HeadGraph, _ classes: Int) throws -> Tensor {
    let shares = try g.classTarget().shares(g, classes: classes)
    return try g.concatenate(
      (1..<classes).map { try shares.slice(axis: 1, $0..<classes).sum([1], keep: true) }, axis: 1)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(OrdinalHead.self) }
