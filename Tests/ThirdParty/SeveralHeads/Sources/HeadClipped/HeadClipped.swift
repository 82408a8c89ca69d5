import ZooPlugin

/// A linear classifier whose features pass through an operation of its own: a soft threshold, x less `amount` towards 0.
struct ClippedHead: Head {
  struct Options: Config {
    var amount = 0.1
    /// For tests: a backward pass that forgets a factor, which `zoo plugin check` must find.
    var wrong = false
    /// For tests: forward looks at an element that is not there.
    var stray = false
  }
  static let name = "clipped"
  static let summary = "linear classifier after a soft threshold of its own"
  let options: Options
  init(_ options: Options) { self.options = options }

  func build(_ g: HeadGraph) throws {
    let shrink = Shrink(amount: options.amount, wrong: options.wrong, stray: options.stray)
    let features = try g.apply(shrink, g.input("pooled"))[0]
    let logits = try g.linear(features, g.classes, initial: .lecunNormal)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget()))
  }
}

/// y = sign(x)·max(|x| - amount, 0)·2: the proximal map of the 1-norm, doubled.
struct Shrink: OwnOperation {
  var amount = 0.1
  var wrong = false
  var stray = false
  static let name = "clipped/shrink@1"
  static let summary = "a soft threshold"

  func shapes(_ inputs: [[Int]]) throws -> [[Int]] {
    guard inputs.count == 1 else { throw ZooError("takes one input, got \(inputs.count)") }
    return inputs
  }

  func forward(_ inputs: [Numbers], _ outputs: [Results]) {
    let (x, y) = (inputs[0], outputs[0])
    for index in 0..<x.count {
      let size = max(abs(x[index]) - Float(amount), 0) * 2
      y[index] = x[index] < 0 ? -size : size
    }
    if stray { _ = x[x.count] }
  }

  func backward(
    _ inputs: [Numbers], outputs: [Numbers], outputGradients: [Numbers], _ gradients: [Results]
  ) {
    guard gradients[0].isWanted else { return }
    for index in 0..<inputs[0].count {
      let slope: Float = abs(inputs[0][index]) > Float(amount) ? (wrong ? 1 : 2) : 0
      gradients[0][index] = outputGradients[0][index] * slope
    }
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status {
  zoo.export(ClippedHead.self, operations: [Shrink.self])
}
