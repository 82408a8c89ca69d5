import ZooPlugin

/// Classes in an order, such as grades: one score, and a threshold between each two neighbours (McCullagh
/// 1980). With a metric and a way to read its predictions of its own.
struct OrdinalHead: Head, HeadMetric, HeadDecoder {
  struct Options: Config {
    /// Distance of neighbouring thresholds at first.
    var spacing = 1.0
  }
  static let name = "ordinal-old"
  static let summary = "ordered classes: one score and learned thresholds"
  static let outputs = [HeadOutput("levels", OutputReading("ordinal"))]
  static let metrics = ["mean-absolute-error"]
  let options: Options

  init(_ options: Options) { self.options = options }

  func build(_ g: HeadGraph) throws {
    let classes = try g.classes
    guard classes > 1 else { throw ZooError("ordered classes need at least two labels") }
    let score = try g.linear(g.input("pooled"), 1, name: "score", initial: .lecunNormal, bias: false)
    // Thresholds spaced evenly, and what training adds to each.
    let even = try (0..<classes - 1).map { index in
      try g.fill(options.spacing * (Double(index) - Double(classes - 2) / 2), shape: [1, 1])
    }
    let learned = try g.parameter("thresholds", shape: [classes - 1], initial: .zeros)
    let levels = try score - (g.concatenate(even, axis: 1) + learned)
    try g.output("levels", levels)
    // Whether the label lies above each threshold: a yes-or-no question each, its loss in the logits' own
    // terms.
    try g.loss((levels.softplus() - levels * above(g, classes)).sum([1]))
  }

  /// [batch, classes - 1]: 1 where the label is above the threshold, between for a mixed example.
  private func above(_ g: HeadGraph, _ classes: Int) throws -> Tensor {
    let target = try g.classTarget()
    let mix = try target.mix.reshaped([Tensor.batch, 1])
    let label =
      try g.oneHot(target.first, classes: classes) * mix
      + g.oneHot(target.second, classes: classes) * (1 - mix)
    return try g.concatenate(
      (1..<classes).map { try label.slice(axis: 1, $0..<classes).sum([1], keep: true) }, axis: 1)
  }

  func metric(_ name: String, _ arrays: HostArrays) throws -> Double {
    guard name == "mean-absolute-error" else { throw ZooError("no metric '\(name)'") }
    let labels = try arrays["target.first"].values
    let classes = try predictions(arrays)
    guard labels.count == classes.count, !labels.isEmpty else {
      throw ZooError("labels and outputs differ in number")
    }
    return zip(classes, labels).reduce(0) { $0 + Double(abs(Float($1.0) - $1.1)) } / Double(labels.count)
  }

  func decode(_ outputs: HostArrays) throws -> String {
    "[" + (try predictions(outputs)).map { #"{"grade":\#($0)}"# }.joined(separator: ",") + "]"
  }

  /// The class of each row: how many thresholds its score is above.
  private func predictions(_ arrays: HostArrays) throws -> [Int] {
    let levels = try arrays["levels"]
    guard levels.shape.count == 2, levels.shape[1] > 0 else {
      throw ZooError("'levels' must be [rows, thresholds]")
    }
    return (0..<levels.shape[0]).map { row in
      levels.values[row * levels.shape[1]..<(row + 1) * levels.shape[1]].count { $0 > 0 }
    }
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(OrdinalHead.self) }
