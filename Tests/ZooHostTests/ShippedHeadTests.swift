import Testing
import ZooGraph
import ZooHost

/// What the shipped heads say of themselves and build. What they learn is tested with the training.
@Suite struct ShippedHeadTests {
  private func head(_ name: String, _ options: String = "{}") throws -> ComponentInstance {
    try builtPlugins().head(name).instantiate(options: options)
  }

  private func failure(_ body: () throws -> Void) -> String {
    do { try body() } catch { return (error as? HostError)?.detail ?? "\(error)" }
    return "no error"
  }

  /// A head on `pooled` [batch, 6] and `tokens` [batch, 5, 6].
  private func build(
    _ instance: ComponentInstance, classes: Int = 3, phase: Phase = .train
  ) throws -> (graph: Graph, build: HeadBuild) {
    var graph = Graph()
    let rows = [TensorType.batch]
    let pooled = try graph.input("pooled", TensorType(.float32, rows + [6]))
    let tokens = try graph.input("tokens", TensorType(.float32, rows + [5, 6]))
    let kind = try instance.headDeclaration().target
    var target: TargetValues?
    if phase != .predict {
      let labels = TensorType(.int32, rows)
      switch kind {
      case "class":
        target = .classes(
          first: try graph.input("first", labels), second: try graph.input("second", labels),
          mix: try graph.input("mix", TensorType(.float32, rows)))
      case "vector": target = .vector(try graph.input("values", TensorType(.float32, rows + [classes])))
      default: target = .multiLabel(try graph.input("values", TensorType(.float32, rows + [classes])))
      }
    }
    let build = try instance.buildHead(
      named: "x", into: &graph, activations: [("pooled", pooled), ("tokens", tokens)],
      classes: kind == "vector" ? 0 : classes, target: target, phase: phase,
      targetWidth: kind == "vector" ? classes : 0)
    return (graph, build)
  }

  static let all: [(name: String, target: String, outputs: [String], metrics: [String], parameters: [String])] = [
    ("linear", "class", ["logits softmax"], ["top-1", "top-5"], ["weight [3, 6]", "bias [3]"]),
    (
      "multi-label", "multi-label", ["logits sigmoid"], ["mean-average-precision", "f1-macro", "f1-micro", "auc"],
      ["weight [3, 6]", "bias [3]"]
    ),
    (
      "mlp", "class", ["logits softmax"], ["top-1", "top-5"],
      ["hidden0.weight [512, 6]", "hidden0.bias [512]", "weight [3, 512]", "bias [3]"]
    ),
    (
      "attention-pool", "class", ["logits softmax", "pooled embedding"], ["top-1", "top-5"],
      [
        "probe [1, 6]", "query.weight [6, 6]", "query.bias [6]", "key.weight [6, 6]", "key.bias [6]",
        "value.weight [6, 6]", "value.bias [6]", "out.weight [6, 6]", "out.bias [6]", "norm.weight [6]",
        "norm.bias [6]", "mlp.0.weight [24, 6]", "mlp.0.bias [24]", "mlp.1.weight [6, 24]", "mlp.1.bias [6]",
        "weight [3, 6]", "bias [3]",
      ]
    ),
    ("cosine", "class", ["logits softmax", "embedding embedding"], ["top-1", "top-5"], ["weight [3, 6]"]),
    (
      "norm-softmax", "class", ["embedding embedding", "code bits", "logits softmax"], ["top-1", "top-5"],
      ["proxies [3, 6]"]
    ),
    (
      "regression", "vector", ["values values"], ["mean-absolute-error", "root-mean-square-error"],
      ["weight [3, 6]", "bias [3]"]
    ),
    (
      "ordinal", "class", ["levels levels"], ["mean-absolute-error", "quadratic-kappa", "top-1"],
      ["score.weight [1, 6]", "thresholds [2]"]
    ),
  ]

  @Test(arguments: all.indices)
  func declaresAndBuilds(_ index: Int) throws {
    let want = Self.all[index]
    let instance = try head(want.name)
    let declaration = try instance.headDeclaration()
    #expect(declaration.target == want.target)
    #expect(declaration.outputs.map { "\($0.name) \($0.reading)" } == want.outputs)
    #expect(declaration.metrics == want.metrics)
    #expect(!declaration.couplesExamples)

    var (graph, made) = try build(instance)
    let specs = graph.parameters.map(\.spec)
    #expect(specs.map { "\($0.name.dropFirst("heads.x.".count)) \($0.shape)" } == want.parameters)
    // Every parameter learns.
    let loss = try #require(made.losses.first)
    let seed = try graph.input("seed", TensorType(.float32, [TensorType.batch]))
    let gradients = try graph.differentiate([(loss.value, seed)], with: graph.parameters.map(\.value))
    #expect(gradients.allSatisfy { $0 != nil })
    // Predicting needs no target, and the same parameters.
    let prediction = try build(instance, phase: .predict)
    #expect(prediction.build.losses.isEmpty)
    #expect(prediction.graph.parameters.map(\.spec) == specs)
  }

  @Test func startsAsItsOptionsSay() throws {
    func initializer(_ name: String, _ options: String, _ parameter: String) throws -> Initializer? {
      try build(head(name, options)).graph.parameters.first { $0.spec.name == "heads.x." + parameter }?.spec.initializer
    }
    #expect(try initializer("linear", "{}", "weight") == .zeros)
    #expect(try initializer("linear", #"{"initial": "random"}"#, "weight") == .xavierUniform)
    #expect(try initializer("linear", #"{"bias": false}"#, "bias") == nil)
    #expect(try initializer("multi-label", "{}", "bias") == .constant(-10))
    #expect(try initializer("multi-label", #"{"bias": -4.5}"#, "bias") == .constant(-4.5))
    #expect(try initializer("norm-softmax", #"{"width": 4}"#, "proxies") == .uniform(bound: 0.5))
    #expect(try initializer("norm-softmax", #"{"width": 4}"#, "projection.weight") == .xavierUniform)
    // No projection where the widths agree.
    #expect(try initializer("norm-softmax", #"{"width": 6}"#, "projection.weight") == nil)
  }

  @Test func wrongOptionsAreNamed() throws {
    for (name, options, message) in [
      ("linear", #"{"smoothing": 1}"#, "options.smoothing: must be at least 0 and below 1, not 1.0"),
      ("multi-label", #"{"weights": [1, -1]}"#, "options.weights: must be at least 0"),
      ("mlp", #"{"hidden": [0]}"#, "options.hidden: must be widths from 1 to 65536"),
      ("attention-pool", #"{"heads": -1}"#, "options.heads: must be from 0 to 1024"),
      ("cosine", #"{"temperature": 0}"#, "options.temperature: must be above 0, not 0.0"),
      ("norm-softmax", #"{"width": -1}"#, "options.width: must be from 0 to 65536"),
      ("regression", #"{"scale": [0]}"#, "options.scale: must be above 0"),
      ("ordinal", #"{"form": "probit"}"#, "options.form: expected one of coral, cumulative, got 'probit'"),
    ] {
      #expect(failure { _ = try head(name, options) } == message)
    }
    #expect(
      failure { _ = try build(head("multi-label", #"{"weights": [1, 2]}"#)) }
        == "build: options.weights: there are 2, but 3 classes")
    #expect(
      failure { _ = try build(head("regression", #"{"scale": [1, 2]}"#)) }
        == "build: options.scale: there are 2, but 3 numbers to learn")
    #expect(
      failure { _ = try build(head("attention-pool", #"{"heads": 4}"#)) }
        == "build: options.heads: 4 do not divide 6 features")
    #expect(
      failure { _ = try build(head("ordinal"), classes: 1) } == "build: ordered classes need at least two labels")
  }
}
