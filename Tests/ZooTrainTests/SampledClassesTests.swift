import Glibc
import Testing
import ZooData
import ZooEngine
import ZooGraph
import ZooHost
import ZooTrain

/// Softmax over a sample of very many classes.
@Suite("Sampled softmax")
struct SampledClassesTests {
  // MARK: the sample

  private func sample(
    _ classes: Int, _ count: Int, zipf: Double, key: [Int32], threads: Int = 1
  ) throws -> (classes: [Int], logarithms: [Double]) {
    var graph = Graph()
    let attributes: Attributes = ["classes": .int(classes), "count": .int(count), "zipf": .float(zipf)]
    let both = try graph.apply(named: "sample-classes", [], attributes, isTraining: true)
    let numbers = try graph.apply(named: "float", [both[0]])[0]
    let program = try Program(
      graph, engine: Engine(threads: threads), store: ParameterStore(parameters: []),
      outputs: [("classes", numbers), ("logarithms", both[1])], batch: 1, mode: .training)
    try program.set(Graph.stepInput, key)
    try program.run()
    return (try program.output("classes").values.map { Int($0) }, try program.output("logarithms").values.map(Double.init))
  }

  /// The documented draw, by the other implementation of Philox and a sort.
  @Test(arguments: [(1, 1, 0.0), (40, 1, 1.0), (41, 40, 1.0), (1000, 100, 0.0), (1000, 100, 1.0), (777, 500, 0.5)])
  func theDrawsAreTheDocumentedOnes(_ classes: Int, _ count: Int, _ zipf: Double) throws {
    let (low, high): (Int32, Int32) = (-77, 1_234_567)
    let scores = (0..<classes).map { label in
      let block = Philox.block(
        counter: (UInt32(label / 2), 0, 0, 3), key: (UInt32(bitPattern: low), UInt32(bitPattern: high)))
      let word = label % 2 == 0 ? (block.0, block.1) : (block.2, block.3)
      return (Double((UInt64(word.1) << 32 | UInt64(word.0)) >> 11) + 0.5) * 0x1p-53 / pow(Double(label + 1), -zipf)
    }
    let order = (0..<classes).sorted { scores[$0] < scores[$1] }
    let drawn = try sample(classes, count, zipf: zipf, key: [low, high])
    #expect(drawn.classes == order.prefix(count).sorted())
    for (label, logarithm) in zip(drawn.classes, drawn.logarithms) {
      let threshold = count < classes ? scores[order[count]] : .infinity
      let probability =
        zipf == 0 ? Double(count) / Double(classes) : min(1, pow(Double(label + 1), -zipf) * threshold)
      #expect(abs(logarithm - log(probability)) < 1e-6)
    }
    #expect(try sample(classes, count, zipf: zipf, key: [low, high], threads: 2).classes == drawn.classes)
  }

  /// Sums over the sample, by 1/probability, are right on average.
  @Test(arguments: [0.0, 1.0]) func sumsAreUnbiased(_ zipf: Double) throws {
    let (classes, count, rounds) = (30, 6, 400)
    var sums: [Double] = []
    for round in 0..<rounds {
      let drawn = try sample(classes, count, zipf: zipf, key: [Int32(round), 5])
      #expect(Set(drawn.classes).count == count)
      sums.append(zip(drawn.classes, drawn.logarithms).reduce(0) { $0 + Double(1 + $1.0 % 7) / exp($1.1) })
    }
    let mean = sums.reduce(0, +) / Double(rounds)
    let deviation = (sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rounds)).squareRoot()
    let whole = Double((0..<classes).reduce(0) { $0 + 1 + $1 % 7 })
    #expect(abs(mean - whole) < 4 * deviation / Double(rounds).squareRoot())
    #expect(deviation > 1)
  }

  @Test func mistakes() throws {
    func failure(_ attributes: Attributes, isTraining: Bool = true) -> String {
      var graph = Graph()
      do {
        _ = try graph.apply(named: "sample-classes@1", [], attributes, isTraining: isTraining)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(
      failure(["classes": .int(4), "count": .int(5)])
        == "sample-classes@1: attribute 'count' must be between 1 and 4, not 5")
    #expect(
      failure(["classes": .int(4), "count": .int(2), "zipf": .float(-1)])
        == "sample-classes@1: zipf must be in 0...10, not -1.0")
    #expect(
      failure(["classes": .int(4), "count": .int(2)], isTraining: false)
        == "sample-classes@1: is drawn in training only; other phases use all classes")
  }

  /// A table that is read several times gets one gradient, the sum.
  @Test func aTableReadTwice() throws {
    var graph = Graph()
    let table = try graph.parameter(ParameterSpec(name: "t", shape: [4, 2], initializer: .zeros))
    let one = try graph.input("one", TensorType(.int32, [TensorType.batch]))
    let other = try graph.input("other", TensorType(.int32, [3]))
    let first = try graph.apply(named: "gather", [table, one])[0]
    let second = try graph.apply(named: "gather", [table, other])[0]
    let seeds = [
      (first, try graph.input("df", TensorType(.float32, [TensorType.batch, 2]))),
      (second, try graph.input("ds", TensorType(.float32, [3, 2]))),
    ]
    let gradient = try #require(try graph.differentiate(seeds, with: [table])[0])
    let program = try Program(
      graph, engine: Engine(threads: 1), store: ParameterStore(for: graph), outputs: [("d", gradient)], batch: 2,
      mode: .training)
    try program.set("one", [3, 1] as [Int32])
    try program.set("other", [1, 9, 0] as [Int32])
    try program.set("df", [1, 2, 3, 4] as [Float])
    try program.set("ds", [10, 20, 30, 40, 50, 60] as [Float])
    try program.run()
    #expect(try program.output("d").values == [50, 60, 13, 24, 0, 0, 1, 2])
    #expect(program.plan.instructions.filter { $0.operation == "gather-gradient" }.count == 1)
  }

  // MARK: heads

  private static let width = 5, batch = 4, classes = 12
  private static let labels: (first: [Int32], second: [Int32], mix: [Float]) = (
    [0, 3, 11, 7], [2, 3, 1, 8], [0.75, 1, 0.5, 0.2]
  )

  private struct Bench {
    let program: Program
    let store: ParameterStore
    let features: [Float]
    var block: ParameterBlock

    init(_ head: String, _ options: String, phase: ZooHost.Phase = .train, seed: Int = 3) throws {
      let instance = try plugins.head(head).instantiate(options: options)
      var graph = Graph()
      let rows = [TensorType.batch]
      let pooled = try graph.input("pooled", TensorType(.float32, rows + [width]))
      let target = TargetValues.classes(
        first: try graph.input("first", TensorType(.int32, rows)),
        second: try graph.input("second", TensorType(.int32, rows)),
        mix: try graph.input("mix", TensorType(.float32, rows)))
      let build = try instance.buildHead(
        named: "x", into: &graph, activations: [("pooled", pooled)], classes: classes, target: target, phase: phase,
        targetWidth: 0)
      let loss = try #require(build.losses.first).value
      let seeds = try graph.input("seeds", TensorType(.float32, rows))
      let parameters = graph.parameters
      let gradients = try graph.differentiate([(loss, seeds)], with: parameters.map(\.value))
      store = try ParameterStore(for: graph)
      for (index, entry) in store.entries.enumerated() {
        try store.set(entry.spec.name, noise(entry.count, seed: seed + index).map { $0 * 2 })
      }
      block = try ParameterBlock(like: store)
      program = try Program(
        graph, engine: Engine(threads: 1), store: store, outputs: [("loss", loss)],
        gradients: zip(parameters, gradients).compactMap { item, value in value.map { (item.spec.name, $0) } },
        into: block, batch: batch, mode: .training)
      features = noise(batch * width, seed: 9)
    }

    func losses(key: [Int32] = [3, 4], mixed: Bool = true) throws -> [Double] {
      try program.set("pooled", features)
      try program.set("first", labels.first)
      try program.set("second", mixed ? labels.second : labels.first)
      try program.set("mix", mixed ? labels.mix : [1, 1, 1, 1] as [Float])
      try program.set("seeds", [1, 0.5, 2, 1] as [Float])
      try program.set(Graph.stepInput, key)
      try program.run()
      return try program.output("loss").values.map(Double.init)
    }
    var sum: Double {
      get throws { try zip(losses(), [1, 0.5, 2, 1]).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    func rows(_ name: String, width: Int) throws -> [[Double]] {
      let values = try store.values("heads.x." + name)
      return stride(from: 0, to: values.count, by: width).map { values[$0..<($0 + width)].map(Double.init) }
    }
  }

  /// The formula in double precision, for the sample that the key decides.
  @Test(arguments: [(0.0, true, 0.0), (1.0, true, 0.1), (0.0, false, 0.1), (1.0, false, 0.0)])
  func theLinearHead(_ zipf: Double, _ correction: Bool, _ smoothing: Double) throws {
    let bench = try Bench(
      "linear", #"{"smoothing": \#(smoothing), "sampled": {"classes": 5, "zipf": \#(zipf), "correction": \#(correction)}}"#)
    let (weight, bias) = (try bench.rows("weight", width: Self.width), try bench.rows("bias", width: Self.classes)[0])
    let drawn = try sample(Self.classes, 5, zipf: zipf, key: [3, 4])
    let got = try bench.losses()
    for row in 0..<Self.batch {
      let x = bench.features[(row * Self.width)..<((row + 1) * Self.width)].map(Double.init)
      let logits = zip(weight, bias).map { zip($0, x).reduce($1) { $0 + $1.0 * $1.1 } }
      let own = Set([Int(Self.labels.first[row]), Int(Self.labels.second[row])])
      var total = own.reduce(0) { $0 + exp(logits[$1]) }
      var mean = 0.0
      for (label, logarithm) in zip(drawn.classes, drawn.logarithms) {
        let factor = correction ? exp(-logarithm) : 1
        if !own.contains(label) { total += exp(logits[label]) * factor }
        mean += logits[label] * (correction ? factor / Double(Self.classes) : 1.0 / 5)
      }
      let mix = Double(Self.labels.mix[row])
      let wanted = mix * logits[Int(Self.labels.first[row])] + (1 - mix) * logits[Int(Self.labels.second[row])]
      let loss = log(total) - (1 - smoothing) * wanted - smoothing * mean
      #expect(abs(got[row] - loss) < 1e-5 * max(1, abs(loss)))
    }
  }

  /// Over many samples the sum of exponentials is that of all classes; so is exp(loss), that sum over the own part.
  @Test(arguments: ["linear", "norm-softmax"]) func onAverageTheSumOfAllClasses(_ head: String) throws {
    let options = head == "linear" ? "" : #""temperature": 0.5, "#
    let all = try Bench(head, "{\(options)\"smoothing\": 0}").losses(mixed: false).map { exp($0) }
    let bench = try Bench(head, #"{\#(options)"smoothing": 0, "sampled": {"classes": 6, "zipf": 1}}"#)
    let rounds = 300
    var (sums, squares) = (all.map { _ in 0.0 }, all.map { _ in 0.0 })
    for round in 0..<rounds {
      let losses = try bench.losses(key: [Int32(round), 1], mixed: false)
      for (row, loss) in losses.enumerated() { (sums[row], squares[row]) = (sums[row] + exp(loss), squares[row] + exp(2 * loss)) }
    }
    for (row, all) in all.enumerated() {
      let mean = sums[row] / Double(rounds)
      let error = ((squares[row] / Double(rounds) - mean * mean) / Double(rounds)).squareRoot()
      #expect(error > 0 && abs(mean - all) < 4 * error, "\(mean) \(all) \(error)")
    }
    // As many as there are, or none: all of them, exactly.
    #expect(
      try Bench(head, #"{\#(options)"sampled": {"classes": 12}}"#).losses()
        == Bench(head, "{\(options)\"smoothing\": 0}").losses())
    #expect(try Bench(head, #"{\#(options)"sampled": {"classes": 9}}"#, phase: .evaluate).losses()
      == Bench(head, "{\(options)\"smoothing\": 0}", phase: .evaluate).losses())
  }

  @Test(arguments: ["linear", "norm-softmax"]) func gradients(_ head: String) throws {
    let bench = try Bench(head, #"{"smoothing": 0.1, "sampled": {"classes": 6, "zipf": 1}}"#)
    _ = try bench.sum
    for entry in bench.store.entries {
      let gradient = bench.block.values(entry)
      let values = try bench.store.values(entry.spec.name)
      #expect(gradient.contains { $0 != 0 })
      for place in stride(from: 0, to: values.count, by: 7) {
        func at(_ shift: Float) throws -> Double {
          var moved = values
          moved[place] += shift
          try bench.store.set(entry.spec.name, moved)
          return try bench.sum
        }
        let difference = (try at(0.01) - at(-0.01)) / 0.02
        #expect(
          abs(difference - Double(gradient[place])) < 0.02 * max(0.2, abs(difference)),
          "\(entry.spec.name)[\(place)]: \(gradient[place]) \(difference)")
      }
      try bench.store.set(entry.spec.name, values)
    }
  }

  // MARK: training

  private func recipe(_ options: String, steps: Int = 12) -> String {
    """
    model: {architecture: vit, options: {width: 16, depth: 1, heads: 2, mlp: 32, patch: 8, image: 16}}
    heads:
      label: {plugin: linear, weights: new, labels: from-data, options: {initial: random\(options)}}
    tasks:
      label:
        train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 60}
    train:
      steps: \(steps)
      batch: 12
      optimizer: {kind: sgd, rate: 0.1, momentum: 0.9}

    """
  }

  private func data() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: (0..<36).map { Int64($0 * 7 % 60) }, size: 16)
    return scratch
  }

  @Test func microBatchesHaveOneSample() throws {
    let scratch = try data()
    var results: [[[Float]]] = []
    for micro in [12, 4] {
      let prepared = try scratch.prepare(
        recipe(", sampled: {classes: 20}"), ["train.micro-batch=\(micro)"])
      try trainInMemory(prepared, engine: Engine(threads: 1))
      results.append(try parameters(prepared.model))
    }
    for (whole, parts) in zip(results[0], results[1]) { #expect(relative(parts, whole) < 1e-4) }
  }

  /// No array of a batch's logits of all classes, however many classes.
  @Test func memoryDoesNotGrowWithClasses() throws {
    func plan(_ classes: Int, sampled: Int) throws -> ProgramPlan {
      let scratch = try data()
      let text = recipe(sampled == 0 ? "" : ", sampled: {classes: \(sampled)}")
        .replacing("classes: 60", with: "classes: \(classes)")
      let prepared = try scratch.prepare(text)
      return try TrainingProgram(
        prepared.model, heads: ["label"], engine: Engine(threads: 1), microBatch: 512
      ).plan
    }
    let (few, many) = (try plan(2000, sampled: 100), try plan(60_000, sampled: 100))
    // A number or two for each class, while the sample is drawn.
    #expect(many.arenaBytes - few.arenaBytes < 24 * 60_000)
    #expect(try plan(60_000, sampled: 0).arenaBytes > 512 * 60_000 * 4)
  }
}
