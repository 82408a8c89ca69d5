import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Low-rank updates learn in place of the trunk")
struct LowRankTests {
  private let recipe = """
    model: \(tinyVit)
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 4, batch: 4, optimizer: {rate: 0.5, weight-decay: 0.01}}

    """
  private let engine: Engine

  init() throws { engine = try Engine(threads: 1) }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    return scratch
  }

  private func program(_ prepared: PreparedRecipe, _ adapters: LowRankAdapters?) throws -> TrainingProgram {
    let treatments = try prepared.treatments()
    return try TrainingProgram(
      prepared.model, heads: ["label"], engine: engine, microBatch: 2, adapters: adapters,
      learning: { !treatments[$0].isFrozen })
  }

  /// Of two images under every label: the logarithms of all the shares, so the logits up to a constant.
  private func losses(_ program: TrainingProgram) throws -> [Float] {
    let images = noise(2 * 16 * 16 * 3, seed: 7)
    return try (0..<3).flatMap { label in
      try ([[1, 0], [0, 1]] as [[Float]]).map { weights in
        let targets = TrainingProgram.Targets(labels: [Int32(label), Int32(label)], weights: weights)
        return Float(try program.run(images: images, count: 2, targets: [targets]).losses[0])
      }
    }
  }

  @Test func atFirstNothingIsChanged() throws {
    let prepared = try scratch().prepare(recipe, ["train.lora={rank: 2}"])
    let adapters = try #require(try prepared.adapters())
    let plain = try losses(program(prepared, nil))
    #expect(try relative(losses(program(prepared, adapters)), plain) < 1e-6)
    let bound = 1 / Float(16).squareRoot()
    let drawn = try adapters.store.values("blocks.0.attn.qkv.weight.lora-a")
    #expect(drawn.count == 2 * 16 && Set(drawn).count > 16 && drawn.allSatisfy { abs($0) <= bound })
    let again = try #require(try prepared.adapters())
    #expect(try again.store.values("blocks.0.attn.qkv.weight.lora-a") == drawn)
    let other = try #require(
      try scratch().prepare(recipe, ["train.lora={rank: 2}", "train.seed=1"]).adapters())
    #expect(try other.store.values("blocks.0.attn.qkv.weight.lora-a") != drawn)
  }

  /// Gradients and what the optimiser remembers are of A, B and the head alone.
  @Test func onlyTheUpdatesAndTheHeadsLearn() throws {
    let prepared = try scratch().prepare(recipe, ["train.lora={rank: 2}"])
    let adapters = try #require(try prepared.adapters())
    let program = try program(prepared, adapters)
    let weights = ["attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2"].map { "blocks.0.\($0).weight" }
    let wanted = ["heads.label.weight", "heads.label.bias"] + weights.flatMap { [$0 + ".lora-a", $0 + ".lora-b"] }
    #expect(Set(program.gradients.entries.map(\.spec.name)) == Set(wanted))
    let optimizer = try Optimizer(
      OptimizerSettings(kind: .adamw, rate: 0.1), store: adapters.store, layout: program.gradients, engine: engine)
    let values = 16 * 3 + 3 + 2 * ((16 + 48) + (16 + 16) + (16 + 32) + (32 + 16))
    for (_, block) in optimizer.state { #expect(block.entries.map(\.count).reduce(0, +) == values) }
    let groups = try prepared.treatments().groups.filter { !$0.treatment.isFrozen }
    #expect(groups.map(\.count).reduce(0, +) == values)
    #expect(groups.contains { $0.names.count == 8 && $0.names.allSatisfy { $0.contains(".lora-") } })
  }

  @Test(arguments: ["{rank: 2}", "{rank: 3, alpha: 12, match: [blocks.0.mlp.*]}"])
  func mergedTheModelSaysTheSame(_ lora: String) throws {
    let prepared = try scratch().prepare(recipe, ["train.lora=\(lora)"])
    let adapters = try #require(try prepared.adapters())
    let learning = try program(prepared, adapters)
    let optimizer = try Optimizer(
      OptimizerSettings(kind: .sgd, rate: 0.5), store: adapters.store, layout: learning.gradients, engine: engine)
    let start = try losses(learning)
    let targets = TrainingProgram.Targets(labels: [0, 2], weights: [0.5, 0.5])
    for _ in 0..<10 {
      let images = noise(2 * 16 * 16 * 3, seed: 7)
      _ = optimizer.step(
        try learning.run(images: images, count: 2, targets: [targets]).gradients, rate: 0.5, clipNorm: nil)
    }
    let trained = try losses(learning)
    let before = try prepared.model.store.values("blocks.0.mlp.fc2.weight")
    try adapters.merge()
    let change = try relative(prepared.model.store.values("blocks.0.mlp.fc2.weight"), before)
    #expect(change > 0.001)
    #expect(relative(trained, start) > 0.1)
    #expect(
      try relative(losses(TrainingProgram(prepared.model, heads: ["label"], engine: engine, microBatch: 2)), trained)
        < 1e-5)
  }

  /// What is written is a plain model: the same arrays, the trunk's as they were but for the merged ones.
  @Test func theArchiveHasPlainWeights() throws {
    let scratch = try scratch()
    let prepared = try scratch.prepare(recipe, ["train.lora={rank: 2, match: ['*.attn.*']}"])
    let before = try parameters(prepared.model)
    try finetune(prepared, engine: engine, output: scratch.file("run"), evaluator: NoEvaluator(), report: { _ in })
    let weights = try ModelArchive.open(scratch.file("run/model.tar")).weights
    let entries = prepared.model.store.entries
    #expect(Set(weights.entries.map(\.name)) == Set(entries.map(\.spec.name)))
    let merged = ["blocks.0.attn.qkv.weight", "blocks.0.attn.proj.weight"]
    for (entry, old) in zip(entries, before) {
      let name = entry.spec.name
      let same = try weights.floats(name).map(\.bitPattern) == old.map(\.bitPattern)
      #expect(same != (merged.contains(name) || name.hasPrefix("heads.")), "\(name)")
    }
  }

  @Test func groupsSayWhatElseLearns() throws {
    let prepared = try scratch().prepare(
      recipe,
      [
        "train.lora={rank: 2}",
        "train.groups=[{match: backbone, freeze: true}, {match: '*.norm?.*', freeze: false}, {match: '*.lora-b', rate: 16}]",
      ])
    let treatments = try prepared.treatments()
    func of(_ name: String) throws -> ParameterTreatment {
      let store = try #require(try prepared.adapters()).store
      return treatments[try #require(store.entry(name)?.spec, "\(name)")]
    }
    #expect(try of("blocks.0.attn.qkv.weight").isFrozen)
    #expect(try of("blocks.0.norm1.weight") == ParameterTreatment())
    #expect(try of("blocks.0.attn.qkv.weight.lora-a") == ParameterTreatment(decay: 0.01))
    #expect(try of("blocks.0.attn.qkv.weight.lora-b") == ParameterTreatment(rate: 16, decay: 0.01))
    #expect(try of("heads.label.weight") == ParameterTreatment(decay: 0.01))
  }

  @Test(arguments: [
    ("{match: [block.*]}", "no linear weight of the trunk matches 'block.*'"),
    ("{match: ['*.attn.*', block.*]}", "no linear weight of the trunk matches 'block.*'"),
    ("{match: [patch_embed.*]}", "no linear weight of the trunk matches 'patch_embed.*'"),
    ("{match: [heads.*]}", "no linear weight of the trunk matches 'heads.*'"),
    ("{match: [depth 3..1]}", "'train.lora.match[0]' must be a pattern for parameters, not the text 'depth 3..1'"),
    ("{match: []}", "'train.lora.match' needs a pattern"),
    ("{rank: 0}", "'train.lora.rank' must be"),
  ])
  func mistakes(_ lora: String, _ message: String) throws {
    let scratch = try scratch()
    let told = scratch.failure { try scratch.prepare(recipe, ["train.lora=\(lora)"]).check() }
    #expect(told.hasPrefix("--set train.lora=\(lora): \(message)"), "\(told)")
    #expect(told.contains("^"))
  }

  @Test func aTrunkWithoutLinearLayers() throws {
    let scratch = try scratch()
    let convolutions =
      "{architecture: bit, options: {units: [1, 1, 1, 1], widths: [32, 32, 32, 32], stem: 32, groups: 8}}"
    let told = scratch.failure {
      try scratch.prepare(recipe.replacing(tinyVit, with: convolutions), ["train.lora={rank: 2}"]).check()
    }
    #expect(told.contains("no linear weight of the trunk matches '*attn.*'"), "\(told)")
    #expect(told.contains("the trunk has no linear layers"))
  }
}
