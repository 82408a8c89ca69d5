import Testing
import ZooEngine
import ZooRecipe
import ZooTrain

/// Whether this machine multiplies bfloat16.
private let native = (try? Engine(.onednn, threads: 1).multipliesBFloat16) ?? false

@Suite("What is computed again")
struct RecomputeTests {
  private static let vit = "{architecture: vit, options: {width: 32, depth: 6, heads: 2, mlp: 128, patch: 4, image: 16}}"
  private static let bit =
    "{architecture: bit, options: {units: [2, 2], widths: [32, 64], stem: 32, groups: 4, image: 32}}"

  private func recipe(_ model: String) -> String {
    """
    model: \(model)
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 3, batch: 6, micro-batch: 4, optimizer: {rate: 0.1}}

    """
  }

  private func scratch(_ model: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: model == Self.vit ? 16 : 32)
    return scratch
  }

  private func trained(_ model: String, _ choice: String, _ engine: Engine, _ overrides: [String]) throws -> [[Float]] {
    let prepared = try scratch(model).prepare(recipe(model), overrides + ["train.recompute=\(choice)"])
    try trainInMemory(prepared, engine: engine)
    return try parameters(prepared.model)
  }

  private func sameBits(_ model: String, _ engine: Engine, _ overrides: [String] = []) throws {
    let plain = try trained(model, "none", engine, overrides)
    #expect(plain.contains { $0.contains { $0 != 0 } })
    for choice in ["auto", "blocks"] {
      let other = try trained(model, choice, engine, overrides)
      // Arrays of this size are not to be printed.
      let same = other.map { $0.map(\.bitPattern) } == plain.map { $0.map(\.bitPattern) }
      #expect(same, "\(choice)")
    }
  }

  @Test(arguments: engines) func transformersTrainToTheSameBits(_ engine: ZooEngine.EngineChoice) throws {
    try sameBits(
      Self.vit, Engine(engine, threads: 2),
      ["train.dropout=0.2", "train.drop-path=0.3", "train.optimizer={kind: adamw, rate: 0.01}"])
  }

  @Test(arguments: engines) func residualNetworksTrainToTheSameBits(_ engine: ZooEngine.EngineChoice) throws {
    try sameBits(Self.bit, Engine(engine, threads: 2), ["train.mixup={alpha: 0.1}"])
  }

  @Test(.enabled(if: native), arguments: [vit, bit]) func inBFloat16Too(_ model: String) throws {
    try sameBits(model, Engine(.onednn, threads: 2, precision: .bf16))
  }

  @Test(arguments: [vit, bit]) func itTakesLessMemory(_ model: String) throws {
    let engine = try Engine(threads: 1)
    func plan(_ choice: Recompute) throws -> ProgramPlan {
      let prepared = try scratch(model).prepare(recipe(model))
      return try TrainingProgram(
        prepared.model, heads: ["label"], engine: engine, microBatch: 6, recompute: choice
      ).plan
    }
    let (none, auto, blocks) = (try plan(.none), try plan(.auto), try plan(.blocks))
    #expect(!none.instructions.contains { $0.again })
    // A normalisation costs little, a product does not.
    #expect(auto.instructions.contains { $0.again })
    #expect(!auto.instructions.contains { $0.again && $0.flops > 0 })
    #expect(blocks.instructions.contains { $0.again && $0.flops > 0 })
    #expect(auto.liveBytes < none.liveBytes * 7 / 8)
    #expect(blocks.liveBytes < auto.liveBytes * 9 / 10)
    // What the graph asks for is counted once.
    #expect(blocks.flops == none.flops)
    // At most the forward pass is computed twice, which is a third of the whole, but for the images' gradient.
    let again = blocks.instructions.reduce(0) { $0 + ($1.again ? $1.flops : 0) }
    #expect(again < none.flops * 2 / 5)
  }

  /// Activations lie where gradients are not written yet. What then stands between and beside the gradients is theirs:
  /// zeros, and values that the program does not write.
  @Test(arguments: engines) func gradientsLendTheirRoom(_ choice: ZooEngine.EngineChoice) throws {
    let engine = try Engine(choice, threads: 2)
    // Seven classes leave a gap behind the bias of the head.
    let model = try Model.create(
      architecture: "vit", options: PluginOptions(settings: ["width=40", "depth=3", "heads=2", "mlp=88", "patch=4", "image=16"]),
      seed: 1, plugins: plugins
    ).replacingHeads(classes: 7, plugins: plugins)
    let program = try TrainingProgram(model, heads: ["label"], engine: engine, microBatch: 2)
    #expect(program.plan.arenaBytes < program.plan.liveBytes)
    let targets = TrainingProgram.Targets(labels: [3, 6], weights: [0.5, 0.5])
    let (_, gradients) = try program.run(images: noise(2 * 16 * 16 * 3, seed: 1), count: 2, targets: [targets])
    let sum = gradients.entries.reduce(0.0) { total, entry in
      gradients.values(entry).reduce(total) { $0 + Double($1) * Double($1) }
    }
    // The norm is taken over the whole block, gaps and all.
    let norm = OptimizerKernels(engine).squaredSum(gradients)
    #expect(abs(norm - sum) <= 1e-6 * sum, "\(norm) \(sum)")
  }

  /// The plan says what the choice takes.
  @Test func plansTell() throws {
    let engine = try Engine(threads: 1)
    func activations(_ choice: String) throws -> Int {
      let prepared = try scratch(Self.vit).prepare(recipe(Self.vit), ["train.recompute=\(choice)"])
      return try TrainingPlan(prepared, engine: engine, output: "out").memory.activations
    }
    #expect(try activations("blocks") < activations("none"))
  }
}
