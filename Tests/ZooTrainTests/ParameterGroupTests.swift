import Testing
import ZooEngine
import ZooGraph
import ZooRecipe
import ZooTrain

@Suite("Which parameters learn, how fast and with what decay")
struct ParameterGroupTests {
  private let recipe = """
    model: {architecture: vit, options: {width: 16, depth: 2, heads: 2, mlp: 32, patch: 8, image: 16}}
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 2, batch: 4, optimizer: {rate: 0.1, weight-decay: 0.01}}

    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    return scratch
  }

  private func treatments(_ groups: String, _ more: [String] = []) throws -> (String) throws -> ParameterTreatment {
    let prepared = try scratch().prepare(recipe, ["train.groups=\(groups)"] + more)
    let treatments = try prepared.treatments()
    return { name in treatments[try #require(prepared.model.store.entry(name)?.spec, "\(name)")] }
  }

  @Test func byDefaultVectorsDoNotDecay() throws {
    let of = try treatments("[]")
    #expect(try of("blocks.0.attn.qkv.weight") == ParameterTreatment(decay: 0.01))
    #expect(try of("blocks.0.attn.qkv.bias") == ParameterTreatment())
    #expect(try of("blocks.1.norm1.weight") == ParameterTreatment())
    #expect(try of("heads.label.weight") == ParameterTreatment(decay: 0.01))
  }

  @Test func theLastThatSaysSomethingHolds() throws {
    let of = try treatments(
      "[{match: 'blocks.*', rate: 0.5, decay: 0.2}, {match: '*.qkv.?????t', rate: 0.25}, {match: head *, decay: 0}]")
    #expect(try of("blocks.0.attn.qkv.weight") == ParameterTreatment(rate: 0.25, decay: 0.2))
    #expect(try of("blocks.0.attn.qkv.bias") == ParameterTreatment(rate: 0.5, decay: 0.2))
    #expect(try of("norm.weight") == ParameterTreatment())
    #expect(try of("heads.label.weight") == ParameterTreatment())
  }

  @Test func depthsAndBackbone() throws {
    let of = try treatments(
      "[{match: depth ..1, freeze: true}, {match: depth 2, rate: 3}, {match: backbone, decay: 0}, "
        + "{match: pos_embed, freeze: false}]")
    #expect(try of("patch_embed.proj.weight") == ParameterTreatment(isFrozen: true))
    #expect(try of("pos_embed") == ParameterTreatment())
    #expect(try of("blocks.0.mlp.fc1.weight").isFrozen)
    #expect(try of("blocks.1.mlp.fc1.weight") == ParameterTreatment(rate: 3))
    #expect(try of("heads.label.weight") == ParameterTreatment(decay: 0.01))
  }

  /// The head and the last norm at the whole rate, each block below at three quarters of the one above.
  @Test func ratesFallWithDepth() throws {
    let of = try treatments("[{match: blocks.0.*, rate: 2}]", ["train.layer-decay=0.75"])
    #expect(try of("heads.label.weight").rate == 1)
    #expect(try of("norm.weight").rate == 1)
    #expect(try of("blocks.1.norm1.weight").rate == 0.75)
    #expect(try of("blocks.0.norm1.weight").rate == 2 * 0.75 * 0.75)
    #expect(try of("pos_embed").rate == 0.75 * 0.75 * 0.75)
  }

  @Test func groupsAsATable() throws {
    let prepared = try scratch().prepare(recipe, ["train.groups=[{match: backbone, freeze: true}]"])
    let groups = try prepared.treatments().groups
    #expect(groups.map(\.names.count).reduce(0, +) == prepared.model.store.entries.count)
    #expect(groups.map(\.count).reduce(0, +) == prepared.model.parameterCount)
    #expect(groups.last?.names == ["heads.label.bias"])
    #expect(groups.last?.count == 3)
  }

  @Test(arguments: [
    (
      "[{match: block.*, rate: 2}]",
      "--set train.groups=[{match: block.*, rate: 2}]: no parameter of the model matches 'block.*'"
    ),
    (
      "[{match: head other, rate: 2}]",
      "--set train.groups=[{match: head other, rate: 2}]: no parameter of the model matches 'head other'"
    ),
    (
      "[{match: depth 3..1, rate: 2}]",
      "--set train.groups=[{match: depth 3..1, rate: 2}]: 'train.groups[0].match' must be a pattern for parameters, "
        + "not the text 'depth 3..1'"
    ),
    (
      "[{match: '*', freeze: true}]",
      "--set train.groups=[{match: '*', freeze: true}]: every parameter is frozen; nothing is left to learn"
    ),
    (
      "[{match: backbone}]",
      "--set train.groups=[{match: backbone}]: 'train.groups[0]' needs a 'rate', a 'decay' or a 'freeze'"
    ),
  ])
  func mistakes(_ groups: String, _ message: String) throws {
    let scratch = try scratch()
    let told = scratch.failure { _ = try scratch.prepare(recipe, ["train.groups=\(groups)"]).treatments() }
    #expect(told.split(separator: "\n").first.map(String.init) == message)
  }

  /// Nothing of a frozen backbone moves, nothing is computed for it, and what learns learns as if it were alone.
  @Test func frozenParametersStayAndCostNothing() throws {
    let scratch = try scratch()
    let freezing = ["train.groups=[{match: backbone, freeze: true}]", "train.steps=5"]
    let prepared = try scratch.prepare(recipe, freezing)
    let before = try parameters(prepared.model)
    try trainInMemory(prepared, engine: Engine(threads: 1))
    for (entry, old) in zip(prepared.model.store.entries, before) {
      let changed = try prepared.model.store.values(entry.spec.name) != old
      #expect(changed == entry.spec.name.hasPrefix("heads."), "\(entry.spec.name)")
    }
    let learning = Set(["heads.label.weight", "heads.label.bias"])
    let program = try TrainingProgram(
      prepared.model, heads: ["label"], engine: Engine(threads: 1), microBatch: 4,
      learning: { learning.contains($0.name) })
    #expect(program.gradients.entries.map(\.spec.name) == ["heads.label.weight", "heads.label.bias"])
    #expect(!program.plan.instructions.contains { $0.operation.contains("attention-gradient") })
    let all = try TrainingProgram(prepared.model, heads: ["label"], engine: Engine(threads: 1), microBatch: 4)
    #expect(all.plan.instructions.contains { $0.operation.contains("attention-gradient") })
  }
}
