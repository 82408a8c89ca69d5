import Testing
import ZooGraph
import ZooHost

@Suite struct BiTTests {
  /// Parameters without a classifier.
  @Test(arguments: [
    ("bit-r50x1", 23_500_352), ("bit-r50x3", 211_174_080), ("bit-r101x1", 42_492_480),
    ("bit-r101x3", 381_789_888), ("bit-r152x2", 232_238_208), ("bit-r152x4", 928_340_224),
  ])
  func countsItsParameters(_ name: String, _ count: Int) throws {
    #expect(try Built(name).parameterCount == count)
  }

  /// Maps of n/4, n/4, n/8, n/16 and n/32 pixels.
  @Test(arguments: [(128, [32, 32, 16, 8, 4]), (224, [56, 56, 28, 14, 7]), (480, [120, 120, 60, 30, 15])])
  func publishesActivations(_ image: Int, _ sizes: [Int]) throws {
    let built = try Built("bit-r50x1", #"{"image": \#(image)}"#)
    let names = ["stem", "stage1", "stage2", "stage3", "stage4"]
    #expect(built.build.activations.map(\.name) == names + ["map", "pooled"])
    for (name, (size, channels)) in zip(names, zip(sizes, [64, 256, 512, 1024, 2048])) {
      #expect(built.shape(name) == [-1, size, size, channels])
    }
    #expect(built.shape("map") == [-1, sizes[4], sizes[4], 2048])
    #expect(built.shape("pooled") == [-1, 2048])
  }

  /// 53 standardised convolutions and 49 group norms in ResNet-50, and the stride in the 3×3.
  @Test func isBuiltAsReleased() throws {
    let graph = try Built("bit-r50x1").graph
    func count(_ name: String) -> Int { graph.nodes.count { operationName($0) == name } }
    #expect(count("weight-standardise@1") == 53)
    #expect(count("group-norm@1") == 49)
    let strided = graph.nodes.compactMap { node -> String? in
      guard case .operation(let operation) = node.kind, let convolution = operation as? Convolution,
        convolution.window.stride == 2,
        case .parameter(let spec) = graph.producer(of: source(node, graph)).kind
      else { return nil }
      return spec.name
    }
    let stages = (1...3).flatMap { stage in
      ["downsample.conv", "conv2"].map { "stages.\(stage).blocks.0.\($0).weight" }
    }
    #expect(strided == ["stem.conv.weight"] + stages)
  }

  @Test func epsilonsReachTheOperations() throws {
    let graph = try Built("bit", #"{"ws-epsilon": 1e-8, "gn-epsilon": 2e-5, "units": [1,1,1,1]}"#).graph
    for node in graph.nodes {
      guard case .operation(let operation) = node.kind else { continue }
      if let standardise = operation as? WeightStandardise { #expect(standardise.epsilon == 1e-8) }
      if let norm = operation as? GroupNorm { #expect(norm.epsilon == 2e-5 && norm.groups == 32) }
    }
  }

  private func operationName(_ node: Graph.Node) -> String? {
    if case .operation(let operation) = node.kind { operation.name } else { nil }
  }
  /// The raw weights behind a convolution's standardised ones.
  private func source(_ node: Graph.Node, _ graph: Graph) -> Value {
    graph.producer(of: node.inputs[1]).inputs[0]
  }
}

/// What stands beside BiT in a comparison of normalisations.
@Suite struct BiTNormTests {
  @Test func batchNormalisationCouplesExamplesInTrainingAlone() throws {
    let options = #"{"norm": "batch", "standardise": false, "units": [1,1,1,1]}"#
    #expect(try Built("bit", options, phase: .train).graph.couplesExamples)
    let predicting = try Built("bit", options).graph
    #expect(!predicting.couplesExamples)
    let states = predicting.nodes.compactMap { if case .state(let spec) = $0.kind { spec.name } else { nil } }
    #expect(states.count == 2 * 13)
    #expect(states.starts(with: ["stages.0.blocks.0.norm1.running_mean", "stages.0.blocks.0.norm1.running_var"]))
    #expect(try Built("bit", phase: .train).graph.couplesExamples == false)
  }
}
