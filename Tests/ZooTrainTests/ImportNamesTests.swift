import Testing
import ZooArchive
import ZooRecipe
import ZooTrain

@Suite("Names under which checkpoints were published")
struct ImportNamesTests {
  private let vit = Reference.all[0], bit = Reference.all[1]

  private static let variants: [(name: String, kind: Int, change: @Sendable (String) -> String)] = [
    ("optimizer", 0, { "opt/target/" + $0 }),
    ("params", 1, { "params/" + $0 }),
    ("images and texts", 0, { "params/img/" + linen($0) }),
    ("linen", 0, linen),
    ("numbered convolutions", 1, { $0.replacing("standardized_conv2d/", with: "standardized_conv2d_12/") }),
  ]

  private static func linen(_ name: String) -> String {
    guard name.contains("encoderblock") else { return name }
    return name.replacing("LayerNorm_2", with: "LayerNorm_1").replacing("MlpBlock_3", with: "MlpBlock_0")
      .replacing("MultiHeadDotProductAttention_1", with: "MultiHeadDotProductAttention_0")
  }

  @Test(arguments: variants.indices) func namesOfOneLibrary(_ index: Int) throws {
    let (scratch, variant) = (try Scratch(), Self.variants[index])
    let reference = Reference.all[variant.kind]
    let path = try Arrays(reference.file("official.npz")).renamed(variant.change).write(scratch)
    let found = try reference.found(path)
    #expect(found.source == .official)
    #expect(try parameters(found.load()) == parameters(reference.model()), "\(variant.name)")
  }

  /// Layers one behind the other along a first axis, as a scan keeps them.
  private func stacked(_ arrays: Arrays, layers: Int) -> Arrays {
    var result = arrays
    result.list = []
    let (first, all) = ("Transformer/encoderblock_0/", "Transformer/encoderblock/")
    for array in arrays.list where !array.name.contains("encoderblock_1") {
      guard array.name.hasPrefix(first) else {
        result.list.append(array)
        continue
      }
      let rest = array.name.dropFirst(first.count)
      let second = arrays["Transformer/encoderblock_1/" + rest]?.values ?? []
      result.list.append(
        (all + rest, [layers] + array.shape, Array([array.values, second, second].prefix(layers).joined())))
    }
    return result.renamed(Self.linen)
  }

  @Test func stackedLayers() throws {
    let scratch = try Scratch()
    let path = try stacked(Arrays(vit.file("official.npz")), layers: 2).renamed { "params/" + $0 }.write(scratch)
    #expect(try parameters(vit.found(path).load()) == parameters(vit.model()))
  }

  @Test func moreLayersThanTheArchitectureHas() throws {
    let scratch = try Scratch()
    let path = try stacked(Arrays(vit.file("official.npz")), layers: 3).write(scratch)
    let message = scratch.failure { _ = try vit.found(path) }
    #expect(message.contains("  not wanted: Transformer/encoderblock/LayerNorm_0/bias (3 layers, 2 wanted), "))
    #expect(!message.contains("missing"))
  }

  /// Positions that were added before the class token came: the token has none.
  @Test func positionsWithoutTheClassToken() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(vit.file("official.npz"))
    let index = try #require(arrays.list.firstIndex { $0.name == "Transformer/posembed_input/pos_embedding" })
    let token = try #require(arrays.list.firstIndex { $0.name == "cls" })
    let positions = arrays.list[index].values
    arrays.list[index] = ("pos_embedding", [1, 16, 64], Array(positions[64...]))
    arrays.list[token].values = zip(arrays.list[token].values, positions).map { $0 + $1 }
    let model = try vit.found(arrays.write(scratch), [vit.timmNumerics]).load()
    #expect(try model.store.values("pos_embed") == [Float](repeating: 0, count: 64) + positions[64...])
    #expect(relative(try vit.run(model, engine: .init(threads: 1)).logits, try vit.floats("logits")) < 1e-5)
  }

  @Test func normsWithLeadingAxes() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(bit.file("official.npz"))
    for index in arrays.list.indices where arrays.list[index].name.contains("group_norm") {
      arrays.list[index].shape = [1, 1, 1] + arrays.list[index].shape
    }
    #expect(try parameters(bit.found(arrays.write(scratch)).load()) == parameters(bit.model()))
  }

  @Test func twoNamesOfOneArray() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(vit.file("official.npz"))
    arrays.list.append(("opt/target/cls", [1, 1, 64], [Float](repeating: 0, count: 64)))
    #expect(
      scratch.failure { _ = try vit.found(arrays.write(scratch)) } == """
        w.safetensors: the arrays do not fit the architecture
          not wanted: opt/target/cls
        """)
  }

  /// A file's names end up on a terminal.
  @Test func namesThatWouldSteerATerminal() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(vit.file("timm.safetensors"))
    arrays.list.append(("a\u{1b}[31m\n", [1], [0]))
    #expect(
      scratch.failure { _ = try vit.found(arrays.write(scratch)) } == """
        w.safetensors: the arrays do not fit the architecture
          not wanted: a\\u{1b}[31m\\u{a}
        """)
  }

  @Test func namesThatSayNothing() throws {
    let scratch = try Scratch()
    let path = try Arrays(vit.file("timm.safetensors")).renamed { "x." + $0 }.write(scratch)
    #expect(
      scratch.failure { _ = try vit.found(path) }
        == "w.safetensors: cannot tell which library named its arrays (x.blocks.0.attn.proj.bias, "
        + "x.blocks.0.attn.proj.weight, x.blocks.0.attn.qkv.bias); --source official, timm or hf says it")
  }

  @Test func aLibraryThatTheBackboneDoesNotKnow() throws {
    let scratch = try Scratch()
    #expect(
      scratch.failure { _ = try bit.found(bit.file("timm.safetensors"), source: .hf) }
        == "backbone 'bit': has no key map of the format 'hf'; it has timm, official")
  }

  @Test func otherHeadsAreOtherNumbers() throws {
    let scratch = try Scratch()
    let message = scratch.failure { _ = try vit.found(vit.file("official.npz"), ["heads=8"]) }
    #expect(message.contains("MultiHeadDotProductAttention_1/out/kernel [4, 16, 64], wanted [8, 8, 64]"))
    #expect(message.contains("value/kernel [64, 4, 16], wanted each to give [64, 64] in 8 heads"))
  }

  /// Every misfit of an official file, in its own layout.
  @Test func misfits() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(bit.file("official.npz"))
    arrays.list.removeAll { $0.name == "resnet/group_norm/beta" }
    arrays.list.append(("resnet/extra", [0, 1 << 40, 1 << 40], []))
    let index = try #require(arrays.list.firstIndex { $0.name.hasSuffix("unit01/b/standardized_conv2d/kernel") })
    arrays.list[index].shape = [9, 1, 32, 32]
    #expect(
      scratch.failure { _ = try bit.found(arrays.write(scratch)) } == """
        w.safetensors: the arrays do not fit the architecture
          missing: resnet/group_norm/beta
          not wanted: resnet/extra
          of another shape: resnet/block1/unit01/b/standardized_conv2d/kernel [9, 1, 32, 32], wanted [3, 3, 32, 32]
        """)
  }

  /// Sizes whose product is nothing, though parts of it are beyond all numbers.
  @Test func anEmptyArrayOfImpossibleSizes() throws {
    let scratch = try Scratch()
    var arrays = try Arrays(vit.file("official.npz"))
    let name = "Transformer/encoderblock_0/MultiHeadDotProductAttention_1/out/kernel"
    let index = try #require(arrays.list.firstIndex { $0.name == name })
    arrays.list[index] = (name, [0, 1 << 62, 1 << 62], [])
    let message = scratch.failure { _ = try vit.found(arrays.write(scratch)) }
    #expect(message.contains("of another shape: \(name) [0,"))
  }

  private func withPreLogits(_ scratch: Scratch) throws -> String {
    var arrays = try Arrays(vit.file("official.npz"))
    arrays.list.removeAll { $0.name.hasPrefix("head/") }
    arrays.list += [
      ("pre_logits/kernel", [64, 24], noise(64 * 24, seed: 1)), ("pre_logits/bias", [24], noise(24, seed: 2)),
    ]
    return try arrays.write(scratch)
  }

  @Test func thePreLogitsLayerIsKept() throws {
    let scratch = try Scratch()
    let found = try vit.found(withPreLogits(scratch))
    #expect(found.notes == [SourceNote("pre-logits", "the layer of 24 was kept; pre-logits=0 leaves it out")])
    let weight = try found.load().store.values("pre_logits.weight")
    #expect(weight.prefix(2) == [noise(64 * 24, seed: 1)[0], noise(64 * 24, seed: 1)[24]])
  }

  @Test func thePreLogitsLayerIsLeftOut() throws {
    let scratch = try Scratch()
    let found = try vit.found(withPreLogits(scratch), ["pre-logits=0"])
    #expect(found.notes == [SourceNote("pre-logits", "the layer of 24 was left out")])
    #expect(try found.load().store.entry("pre_logits.weight") == nil)
  }
}
