import Testing
import ZooEngine
import ZooGraph

/// Large maps are computed for a part of the batch at a time: nobody may see that.
@Suite struct BatchPortionTests {
  /// Two stages of convolutions with residuals; what lies between them is an output too.
  private func network() throws -> (graph: Graph, outputs: [(name: String, value: Value)]) {
    var graph = Graph()
    func weight(_ graph: inout Graph, _ name: String, _ shape: [Int]) throws -> Value {
      try graph.parameter(ParameterSpec(name: name, shape: shape, initializer: .zeros))
    }
    func conv(_ graph: inout Graph, _ x: Value, _ name: String, _ sizes: (Int, Int, Int), stride: Int = 1) throws -> Value {
      let w = try weight(&graph, name, [sizes.0, sizes.1, sizes.2, sizes.2])
      return try graph.apply(
        named: "conv2d@1", [x, w], ["stride": .int(stride), "padding": .int(sizes.2 / 2)])[0]
    }
    func norm(_ graph: inout Graph, _ x: Value, _ name: String, _ channels: Int) throws -> Value {
      let (g, b) = (try weight(&graph, name + ".g", [channels]), try weight(&graph, name + ".b", [channels]))
      let y = try graph.apply(named: "group-norm@1", [x, g, b], ["groups": .int(4)])[0]
      return try graph.apply(named: "relu@1", [y])[0]
    }
    var x = try graph.input("x", TensorType(.float32, [TensorType.batch, 48, 48, 16]))
    x = try conv(&graph, x, "stem", (64, 16, 1))
    var outputs: [(name: String, value: Value)] = []
    for (stage, width) in [64, 96].enumerated() {
      for unit in 0..<2 {
        let (name, stride, from) = ("\(stage).\(unit)", stage > 0 && unit == 0 ? 2 : 1, unit == 0 ? 64 : width)
        let active = try norm(&graph, x, name + ".n1", from)
        let shortcut = from != width || stride != 1
          ? try conv(&graph, active, name + ".s", (width, from, 1), stride: stride) : x
        var h = try conv(&graph, active, name + ".c1", (32, from, 1))
        h = try norm(&graph, h, name + ".n2", 32)
        h = try conv(&graph, h, name + ".c2", (32, 32, 3), stride: stride)
        h = try norm(&graph, h, name + ".n3", 32)
        x = try graph.apply(named: "add@1", [try conv(&graph, h, name + ".c3", (width, 32, 1)), shortcut])[0]
      }
      outputs.append(("stage\(stage)", x))
    }
    return (graph, outputs)
  }

  @Test(arguments: [Precision.float32, .bfloat16]) func resultsAreThoseOfSingleImages(precision: Precision) throws {
    let engine = try Engine(threads: 1)  // whose caches hold little
    guard precision == .float32 || engine.multipliesBFloat16 else { return }
    let (written, values) = try network()
    let fused = try written.fusingNormalization(keeping: values.map(\.value))
    let joined = try fused.graph.fusingEpilogues(keeping: values.compactMap { fused[$0.value] })
    let outputs = values.compactMap { output in
      fused[output.value].flatMap { joined[$0] }.map { (name: output.name, value: $0) }
    }
    let graph = joined.graph
    let store = try ParameterStore(for: graph)
    var numbers = Numbers()
    for entry in store.entries {
      let fan = Float(entry.spec.shape.dropFirst().reduce(1, *)).squareRoot()
      try store.set(entry.spec.name, numbers.array(entry.count, -1, 1).map { entry.spec.shape.count > 1 ? $0 / fan : $0 })
    }
    let (batch, size) = (8, 48 * 48 * 16)
    let images = numbers.array(batch * size)
    let whole = try Program(
      graph, engine: engine, store: store, outputs: outputs, batch: batch, mode: .inference, precision: precision)
    let single = try Program(
      graph, engine: engine, store: store, outputs: outputs, batch: 1, mode: .inference, precision: precision)
    // Runs called once for each portion: more calls than the single image needs.
    #expect(whole.plan.instructions.count > single.plan.instructions.count)
    for _ in 0..<2 {
      try whole.set("x", images)
      try whole.run()
      for image in 0..<batch {
        try single.set("x", Array(images[(image * size)..<((image + 1) * size)]))
        try single.run()
        for output in outputs {
          let (all, one) = (try whole.output(output.name).values, try single.output(output.name).values)
          let part = Array(all[(image * one.count)..<((image + 1) * one.count)])
          let tolerance = precision == .float32 ? 1e-4 : 0.05
          #expect(worst(part, one.doubles, relative: tolerance, absolute: tolerance) <= 1, "\(output.name) \(image)")
        }
      }
    }
  }
}
