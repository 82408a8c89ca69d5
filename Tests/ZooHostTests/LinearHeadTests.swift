import Testing
import ZooGraph
import ZooHost

/// A head on an activation `pooled` [batch, 64].
struct BuiltHead {
  var graph = Graph()
  let build: HeadBuild

  init(_ instance: ComponentInstance, classes: Int = 10, phase: Phase = .train, name: String = "main") throws {
    let rows = [TensorType.batch]
    let pooled = try graph.input("pooled", TensorType(.float32, rows + [64]))
    var target: TargetValues?
    if phase != .predict {
      target = .classes(
        first: try graph.input("first", TensorType(.int32, rows)),
        second: try graph.input("second", TensorType(.int32, rows)),
        mix: try graph.input("mix", TensorType(.float32, rows)))
    }
    build = try instance.buildHead(
      named: name, into: &graph, activations: [("pooled", pooled)], classes: classes, target: target,
      phase: phase,
      depth: 13)
  }
}

@Suite struct LinearHeadTests {
  private func instance(_ options: String = "{}") throws -> ComponentInstance {
    try builtPlugins().head("linear").instantiate(options: options)
  }

  @Test func declaresItself() throws {
    let declaration = try instance().headDeclaration()
    #expect(declaration.inputs == ["pooled"])
    #expect(declaration.target == "class")
    #expect(declaration.outputs.map { "\($0.name) \($0.reading)" } == ["logits softmax"])
    #expect(declaration.metrics == ["top-1", "top-5"])
    #expect(!declaration.couplesExamples)
  }

  @Test func trains() throws {
    let head = try BuiltHead(instance(#"{"smoothing": 0.1}"#), name: "clothes")
    let specs = head.graph.parameters.map(\.spec)
    #expect(specs.map(\.name) == ["heads.clothes.weight", "heads.clothes.bias"])
    #expect(specs.map(\.shape) == [[10, 64], [10]])
    #expect(specs.map(\.initializer) == [.zeros, .zeros])
    #expect(specs.map(\.depth) == [13, 13])
    #expect(specs.map(\.decays) == [true, false])
    #expect(head.build.outputs.map(\.name) == ["logits"])
    #expect(head.build.losses.map(\.name) == [""])
    #expect(head.build.losses.map(\.weight) == [1])
    let loss = try #require(head.build.losses.first)
    #expect(head.graph.type(of: loss.value) == TensorType(.float32, [TensorType.batch]))
    #expect((head.graph.operation(of: loss.value) as? CrossEntropy)?.smoothing == 0.1)
  }

  @Test func predictsWithoutATarget() throws {
    let head = try BuiltHead(instance(), phase: .predict)
    #expect(head.build.losses.isEmpty)
    #expect(head.build.outputs.count == 1)
    #expect(head.graph.nodes.count == 4)  // pooled, two parameters, the product
  }

  @Test func needsItsActivation() throws {
    let instance = try instance()
    var graph = Graph()
    let map = try graph.input("map", TensorType(.float32, [TensorType.batch, 7, 7, 64]))
    #expect {
      try instance.buildHead(
        named: "main", into: &graph, activations: [("map", map)], classes: 10, target: nil, phase: .predict)
    } throws: {
      ($0 as? HostError)?.detail == "build: needs the activation 'pooled', the backbone has: map"
    }
  }
}
