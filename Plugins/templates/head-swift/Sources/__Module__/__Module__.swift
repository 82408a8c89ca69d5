import ZooPlugin

/// A linear classifier whose logits are scaled. Change `build`; the rest follows.
struct __Module__: Head {
  /// What a recipe may set under `options:`. Unknown names and wrong types are refused before `init` is called.
  struct Options: Config {
    /// Factor of the logits.
    var scale = 1.0
  }
  static let name = "__name__"
  static let summary = "linear classifier with scaled logits"
  let options: Options

  init(_ options: Options) throws {
    guard options.scale > 0 else { throw ZooError.option("scale", "must be above 0, not \(options.scale)") }
    self.options = options
  }

  /// Describes the computation; the host differentiates and runs it. `pooled` is [batch, width].
  func build(_ g: HeadGraph) throws {
    let logits = try g.linear(g.input("pooled"), g.classes, initial: .zeros).scaled(by: options.scale)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget()))
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(__Module__.self) }
