import Glibc
import Testing
import ZooEngine
import ZooEvaluate
import ZooGraph
import ZooHost
import ZooRecipe
import ZooTrain

/// What the shipped heads compute, against the same written down in double precision.
@Suite("What shipped heads compute")
struct ShippedHeadTests {
  private static let width = 6, batch = 3
  private static let pooled = noise(batch * width, seed: 5)
  private static let tokens = noise(batch * 4 * width, seed: 6)

  /// One head on given activations, its parameters drawn anew.
  fileprivate struct Bench {
    let program: Program
    let store: ParameterStore

    init(_ name: String, _ options: String, target: String, classes: Int = 4) throws {
      let instance = try plugins.head(name).instantiate(options: options)
      var graph = Graph()
      let rows = [TensorType.batch]
      let pooled = try graph.input("pooled", TensorType(.float32, rows + [width]))
      let tokens = try graph.input("tokens", TensorType(.float32, rows + [4, width]))
      let values = TensorType(.float32, rows + [classes])
      let kind: TargetValues
      switch target {
      case "class":
        kind = .classes(
          first: try graph.input("first", TensorType(.int32, rows)),
          second: try graph.input("second", TensorType(.int32, rows)),
          mix: try graph.input("mix", TensorType(.float32, rows)))
      case "vector": kind = .vector(try graph.input("values", values))
      default: kind = .multiLabel(try graph.input("values", values))
      }
      let build = try instance.buildHead(
        named: "x", into: &graph, activations: [("pooled", pooled), ("tokens", tokens)],
        classes: target == "vector" ? 0 : classes, target: kind, phase: .train,
        targetWidth: target == "vector" ? classes : 0)
      let outputs = build.outputs + [("loss", try #require(build.losses.first).value)]
      store = try ParameterStore(for: graph)
      for (index, entry) in store.entries.enumerated() {
        try store.set(entry.spec.name, noise(entry.count, seed: 20 + index))
      }
      program = try Program(
        graph, engine: Engine(threads: 1), store: store, outputs: outputs, batch: batch, mode: .training)
    }

    func run(first: [Int32]? = nil, second: [Int32]? = nil, mix: [Float]? = nil, values: [Float]? = nil) throws {
      for (name, input) in [("pooled", ShippedHeadTests.pooled), ("tokens", ShippedHeadTests.tokens)] {
        try? program.set(name, input)
      }
      if let first {
        try program.set("first", first)
        try program.set("second", second ?? first)
        try program.set("mix", mix ?? first.map { _ in 1 })
      }
      if let values { try program.set("values", values) }
      try program.run()
    }

    /// Rows of a parameter, an output or the pooled features.
    func rows(_ name: String, width: Int) throws -> [[Double]] {
      let values: [Float]
      if name == "pooled" {
        values = ShippedHeadTests.pooled
      } else if store.entry("heads.x." + name) != nil {
        values = try store.values("heads.x." + name)
      } else {
        values = try program.output(name).values
      }
      return stride(from: 0, to: values.count, by: width).map { values[$0..<($0 + width)].map(Double.init) }
    }
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  private func unit(_ x: [Double]) -> [Double] { x.map { $0 / dot(x, x).squareRoot() } }
  private func standard(_ x: [Double], _ epsilon: Double) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }
  private func crossEntropy(_ logits: [Double], _ shares: [Double]) -> Double {
    let sum = log(logits.reduce(0) { $0 + exp($1) })
    return zip(logits, shares).reduce(0) { $0 + $1.1 * (sum - $1.0) }
  }
  private func yesNo(_ x: Double, _ t: Double) -> Double { log(1 + exp(x)) - x * t }
  private func layer(_ x: [Double], _ weight: [[Double]], _ bias: [Double]) -> [Double] {
    zip(weight, bias).map { dot($0, x) + $1 }
  }
  private func agree(_ got: [Double], _ want: [Double], _ what: String = "") {
    for (got, want) in zip(got, want) { #expect(abs(got - want) < 2e-4 * max(1, abs(want)), "\(what) \(got) \(want)") }
    #expect(got.count == want.count)
  }

  private let shares: [[Double]] = [[0.75, 0, 0.25, 0], [0, 1, 0, 0], [0, 0.5, 0, 0.5]]
  private let mixed: (first: [Int32], second: [Int32], mix: [Float]) = ([0, 1, 3], [2, 1, 1], [0.75, 1, 0.5])

  @Test func normSoftmax() throws {
    let bench = try Bench("norm-softmax", #"{"width": 5, "temperature": 0.1}"#, target: "class")
    try bench.run(first: mixed.first, second: mixed.second, mix: mixed.mix)
    let projection = try bench.rows("projection.weight", width: Self.width)
    let proxies = try bench.rows("proxies", width: 5).map(unit)
    let embeddings = try bench.rows("pooled", width: Self.width).map { row in
      unit(projection.map { dot($0, standard(row, 1e-5)) })
    }
    let logits = embeddings.map { row in proxies.map { dot($0, row) / 0.1 } }
    agree(try bench.rows("embedding", width: 5).flatMap { $0 }, embeddings.flatMap { $0 }, "embedding")
    agree(try bench.rows("loss", width: 3)[0], zip(logits, shares).map(crossEntropy), "loss")
    #expect(try bench.rows("code", width: 5) == bench.rows("embedding", width: 5))
  }

  @Test func cosine() throws {
    let bench = try Bench("cosine", #"{"temperature": 0.2}"#, target: "class")
    try bench.run(first: mixed.first, second: mixed.second, mix: mixed.mix)
    let rows = try bench.rows("weight", width: Self.width).map(unit)
    let logits = try bench.rows("pooled", width: Self.width).map { row in rows.map { dot($0, unit(row)) / 0.2 } }
    agree(try bench.rows("logits", width: 4).flatMap { $0 }, logits.flatMap { $0 })
    agree(try bench.rows("loss", width: 3)[0], zip(logits, shares).map(crossEntropy))
  }

  @Test func multiLabelWithWeights() throws {
    let bench = try Bench("multi-label", #"{"weights": [1, 2, 0.5, 0]}"#, target: "multi-label")
    let labels: [Float] = [1, 0, 0.5, 1, 0, 1, .nan, 0, .nan, .nan, .nan, .nan]
    try bench.run(values: labels)
    let (weight, bias) = (try bench.rows("weight", width: Self.width), try bench.rows("bias", width: 4)[0])
    let want = try bench.rows("pooled", width: Self.width).enumerated().map { row, x in
      zip(layer(x, weight, bias), [1, 2, 0.5, 0]).enumerated().reduce(0) { sum, item in
        let label = Double(labels[row * 4 + item.offset])
        return sum + (label.isNaN ? 0 : item.element.1 * yesNo(item.element.0, label))
      }
    }
    agree(try bench.rows("loss", width: 3)[0], want)
    #expect(want[2] == 0)
  }

  @Test(arguments: ["l2", "l1", "huber"])
  func regression(_ loss: String) throws {
    let options = #"{"loss": "\#(loss)", "delta": 0.5, "center": [1, 2, 3, 4], "scale": [2]}"#
    let bench = try Bench("regression", options, target: "vector")
    let targets: [Float] = [1, 2, .nan, 9, 0, 2.5, 3, -1, .nan, .nan, .nan, .nan]
    try bench.run(values: targets)
    let (weight, bias) = (try bench.rows("weight", width: Self.width), try bench.rows("bias", width: 4)[0])
    let values = try bench.rows("pooled", width: Self.width).map { row in
      zip(layer(row, weight, bias), [1.0, 2, 3, 4]).map { 2 * $0 + $1 }
    }
    agree(try bench.rows("values", width: 4).flatMap { $0 }, values.flatMap { $0 })
    let want = values.enumerated().map { row, values in
      let errors = values.enumerated().map { (($1 - Double(targets[row * 4 + $0])) / 2) }.filter { !$0.isNaN }
      let losses = errors.map { error in
        switch loss {
        case "l1": abs(error)
        case "l2": error * error / 2
        default: abs(error) <= 0.5 ? error * error / 2 : 0.5 * (abs(error) - 0.25)
        }
      }
      return errors.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
    }
    agree(try bench.rows("loss", width: 3)[0], want)
  }

  @Test(arguments: ["coral", "cumulative"])
  func ordinal(_ form: String) throws {
    let bench = try Bench("ordinal", #"{"form": "\#(form)"}"#, target: "class")
    try bench.run(first: mixed.first, second: mixed.second, mix: mixed.mix)
    let (score, learned) = (
      try bench.rows("score.weight", width: Self.width)[0], try bench.rows("thresholds", width: 3)[0]
    )
    var thresholds = zip(learned, [-1.0, 0, 1]).map { $0 + $1 }
    if form == "cumulative" {
      for index in 1..<3 {
        thresholds[index] = thresholds[index - 1] + log(1 + exp(learned[index] + log(exp(1.0) - 1)))
      }
    }
    let levels = try bench.rows("pooled", width: Self.width).map { row in thresholds.map { dot(score, row) - $0 } }
    agree(try bench.rows("levels", width: 3).flatMap { $0 }, levels.flatMap { $0 })
    let want = zip(levels, shares).map { levels, shares in
      levels.enumerated().reduce(0) { $0 + yesNo($1.element, shares[($1.offset + 1)...].reduce(0, +)) }
    }
    agree(try bench.rows("loss", width: 3)[0], want)
  }

  @Test func attentionPool() throws {
    let bench = try Bench("attention-pool", #"{"heads": 2, "expansion": 2}"#, target: "class")
    try bench.run(first: mixed.first)
    let width = Self.width
    func linear(_ name: String, _ x: [Double]) throws -> [Double] {
      let bias = try bench.store.values("heads.x.\(name).bias")
      return layer(x, try bench.rows(name + ".weight", width: x.count), bias.map(Double.init))
    }
    let query = try linear("query", bench.rows("probe", width: width)[0])
    let pooled = try (0..<Self.batch).map { row -> [Double] in
      let positions = (0..<4).map {
        Self.tokens[((row * 4 + $0) * width)..<((row * 4 + $0 + 1) * width)].map(Double.init)
      }
      let (keys, values) = (try positions.map { try linear("key", $0) }, try positions.map { try linear("value", $0) })
      var mixed: [Double] = []
      for head in 0..<2 {
        let part = (head * 3)..<(head * 3 + 3)
        let scores = keys.map { exp(dot(Array($0[part]), Array(query[part])) / 3.0.squareRoot()) }
        for column in part {
          mixed.append(zip(scores, values).reduce(0) { $0 + $1.0 * $1.1[column] } / scores.reduce(0, +))
        }
      }
      let y = try linear("out", mixed)
      let (scale, offset) = (
        try bench.rows("norm.weight", width: width)[0], try bench.rows("norm.bias", width: width)[0]
      )
      let normed = zip(standard(y, 1e-6), zip(scale, offset)).map { $0 * $1.0 + $1.1 }
      let hidden = try linear("mlp.0", normed).map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
      return zip(y, try linear("mlp.1", hidden)).map { $0 + $1 }
    }
    agree(try bench.output("pooled"), pooled.flatMap { $0 })
  }

  /// Each of the classifiers learns a few images by heart, and tells its levels in order.
  @Test(arguments: ["linear", "mlp", "attention-pool", "cosine", "norm-softmax", "ordinal"])
  func learns(_ plugin: String) throws {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    let data = "{format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}"
    let prepared = try scratch.prepare(
      """
      model: \(tinyVit)
      heads: {kind: {plugin: \(plugin), weights: new}}
      tasks: {kind: {train: \(data), evaluate: \(data)}}
      train: {steps: 60, batch: 6, optimizer: {kind: adamw, rate: 0.01}}

      """)
    let engine = try Engine(threads: 1)
    try trainInMemory(prepared, engine: engine)
    let result = try #require(RecipeEvaluator(prepared, engine: engine).evaluate(prepared.model).first)
    #expect(result.values.first { $0.name == "top-1" }?.value == 1, "\(result.values)")
  }
}

extension ShippedHeadTests.Bench {
  fileprivate func output(_ name: String) throws -> [Double] { try program.output(name).values.map(Double.init) }
}
