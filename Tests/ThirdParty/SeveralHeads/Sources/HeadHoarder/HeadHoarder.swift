import ZooPlugin

/// Does what it must not: keeps the graph and a tensor of one build and uses them in the next. The SDK
/// refuses.
final class HoarderHead: Head {
  enum Keeps: String, Choice { case graph, tensor }
  struct Options: Config { var keeps = Keeps.graph }
  static let name = "hoarder"
  static let summary = "for tests: keeps what it must not"
  let options: Options
  private var graph: HeadGraph?
  private var tensor: Tensor?

  init(_ options: Options) { self.options = options }

  func build(_ g: HeadGraph) throws {
    let features = try g.input("pooled")
    let logits = try g.linear(features, g.classes)
    try g.output("logits", logits)
    try g.loss(g.softmaxCrossEntropy(logits, g.classTarget()))
    switch options.keeps {
    case .graph: _ = try graph?.classes
    case .tensor: if let tensor { _ = try g.op("add@1", features, tensor) }
    }
    (graph, tensor) = (g, features)
  }
}

@c(zoo_plugin_main) public func plugin(_ zoo: Zoo) -> Status { zoo.export(HoarderHead.self) }
