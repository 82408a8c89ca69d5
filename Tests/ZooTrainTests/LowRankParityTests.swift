import Testing
import ZooArchive
import ZooEngine
import ZooTrain

/// What `Tests/Fixtures/make/lora.py` did with PEFT: the same weights, first updates, batches and settings here.
@Suite("Low-rank updates beside PEFT")
struct LowRankParityTests {
  @Test(arguments: engines) func lossesAndMergedWeights(_ choice: ZooEngine.EngineChoice) throws {
    let fixture = try TorchFixture()
    let engine = try Engine(choice, threads: 1)
    let prepared = try fixture.prepare(["lora={rank: 3, alpha: 6}", "optimizer={kind: adamw, rate: 0.005}"])
    let adapters = try #require(try prepared.adapters())
    let first = try SafetensorsFile(path: TorchFixture.path("lora-a.safetensors"))
    #expect(first.entries.map(\.name).sorted() == adapters.updates.map(\.a.name).sorted())
    for entry in first.entries { try adapters.store.set(entry.name, first.floats(entry.name)) }

    let treatments = try prepared.treatments()
    let program = try TrainingProgram(
      prepared.model, heads: ["label"], engine: engine, microBatch: 5, adapters: adapters,
      learning: { !treatments[$0].isFrozen })
    let optimizer = try Optimizer(
      prepared.recipe.train.optimizer, store: adapters.store, layout: program.gradients, engine: engine
    ) { treatments[$0] }
    for (step, want) in try fixture.floats("losses-lora").enumerated() {
      let (images, targets) = fixture.batch(step, mixes: false)
      let (losses, gradients) = try program.run(images: images, count: targets.count, targets: [targets])
      #expect(abs(losses[0] - Double(want)) <= 1e-3 * Double(want), "step \(step + 1)")
      _ = optimizer.step(gradients, rate: prepared.recipe.train.optimizer.rate, clipNorm: nil)
    }
    try adapters.merge()
    let merged = try SafetensorsFile(path: TorchFixture.path("lora-merged.safetensors"))
    for entry in prepared.model.store.entries {
      let name = entry.spec.name.replacing("heads.label.", with: "head.")
      let (got, want) = (try prepared.model.store.values(entry.spec.name), try merged.floats(name))
      #expect(relative(got, want) < 1e-3, "\(name)")
    }
  }
}
