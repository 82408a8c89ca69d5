import Testing
import ZooGraph
import ZooHost

@Suite struct ViTTests {
  /// Parameters at 224 pixels with a classifier of 1,000 classes.
  @Test(arguments: [
    ("vit-ti16", 5_717_416), ("vit-s32", 22_878_952), ("vit-s16", 22_050_664), ("vit-b32", 88_224_232),
    ("vit-b16", 86_567_656), ("vit-b8", 86_576_872), ("vit-l32", 306_535_400), ("vit-l16", 304_326_632),
    ("vit-h14", 632_045_800), ("vit-giant14", 1_012_611_432), ("vit-gigantic14", 1_844_440_680),
  ])
  func countsItsParameters(_ name: String, _ count: Int) throws {
    let built = try Built(name)
    let width = try built.instance.backboneDeclaration().features
    #expect(built.parameterCount + 1000 * width + 1000 == count)
  }

  @Test func publishesActivations() throws {
    let built = try Built("vit-b16")
    let blocks = (0..<12).map { "block" + ($0 < 10 ? "0" : "") + "\($0)" }
    #expect(built.build.activations.map(\.name) == ["stem"] + blocks + ["tokens", "pooled"])
    for name in ["stem", "block00", "block11", "tokens"] { #expect(built.shape(name) == [-1, 197, 768]) }
    #expect(built.shape("pooled") == [-1, 768])
  }

  @Test func meanPoolHasNoClassToken() throws {
    let built = try Built("vit-s16", #"{"pool": "mean"}"#)
    #expect(!built.graph.parameters.contains { $0.spec.name == "cls_token" })
    #expect(built.shape("tokens") == [-1, 196, 384])
    #expect(built.shape("pooled") == [-1, 384])
    #expect(try built.instance.adaptations().filter { $0.kind == "grid" }.map(\.prefix) == [0])
  }

  @Test func preLogitsComeAfterThePool() throws {
    let built = try Built("vit-ti16", #"{"pre-logits": 100}"#)
    #expect(built.shape("pre_logits") == [-1, 100])
    #expect(built.shape("pooled") == [-1, 100])
    #expect(try built.instance.backboneDeclaration().features == 100)
  }

  @Test(arguments: [("{}", UnaryFunction.geluTanh), (#"{"gelu": "erf"}"#, .geluErf)])
  func geluIsAnOption(_ options: String, _ function: UnaryFunction) throws {
    let found = try Built("vit-ti16", options).graph.nodes.compactMap { node -> UnaryFunction? in
      guard case .operation(let operation) = node.kind else { return nil }
      return (operation as? Unary)?.function
    }
    #expect(found == Array(repeating: function, count: 12))
  }

  /// The stem has depth 0, block i has i + 1, what follows the blocks one more.
  @Test func depthsRise() throws {
    let specs = try Built("vit-ti16").graph.parameters.map(\.spec)
    func depth(_ name: String) -> Int? { specs.first { $0.name == name }?.depth }
    #expect(depth("pos_embed") == 0)
    #expect(depth("patch_embed.proj.weight") == 0)
    #expect(depth("blocks.0.norm1.weight") == 1)
    #expect(depth("blocks.11.mlp.fc2.bias") == 12)
    #expect(depth("norm.weight") == 13)
  }

  @Test func initialisersAreTheReleasedOnes() throws {
    let specs = try Built("vit-b16").graph.parameters.map(\.spec)
    func initial(_ name: String) -> Initializer? { specs.first { $0.name == name }?.initializer }
    #expect(initial("cls_token") == .zeros)
    #expect(initial("pos_embed") == .normal(deviation: 0.02))
    // Xavier of each [768, 768]: sqrt(6 / 1536).
    #expect(initial("blocks.3.attn.qkv.weight") == .uniform(bound: 0.0625))
    #expect(initial("blocks.3.attn.qkv.bias") == .zeros)
    #expect(initial("blocks.3.mlp.fc1.weight") == .xavierUniform)
    #expect(initial("blocks.3.mlp.fc1.bias") == .normal(deviation: 1e-6))
    #expect(initial("norm.weight") == .ones)
  }

  @Test func refusesAnImageOfAnotherSize() throws {
    let component = try builtPlugins().backbone("vit")
    let instance = try component.instantiate(options: "{}")
    var graph = Graph()
    let image = try graph.input("image", TensorType(.float32, [TensorType.batch, 384, 384, 3]))
    let nodes = graph.nodes.count
    #expect {
      try instance.buildBackbone(into: &graph, image: image, phase: .predict)
    } throws: {
      ($0 as? HostError)?.detail
        == "build: the image is 384×384 pixels, the position embeddings are for 224"
    }
    #expect(graph.nodes.count == nodes)
  }
}
