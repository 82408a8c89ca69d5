import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Training with dropout and stochastic depth")
struct DropoutTrainingTests {
  private let recipe = """
    model: {architecture: vit, options: {width: 16, depth: 2, heads: 2, mlp: 32, patch: 8, image: 16}}
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 6, batch: 6, optimizer: {rate: 0.1}}

    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    return scratch
  }

  /// The weights after training.
  private func trained(_ overrides: [String], threads: Int = 1) throws -> [Float] {
    let prepared = try scratch().prepare(recipe, overrides)
    try trainInMemory(prepared, engine: Engine(threads: threads))
    return try parameters(prepared.model).flatMap { $0 }
  }

  private let dropping = ["train.dropout=0.1", "train.drop-path=0.3"]

  @Test func microBatchesAndThreadsDrawTheSame() throws {
    let whole = try trained(dropping)
    for (size, threads) in [(6, 2), (4, 1), (1, 1)] {
      let other = try trained(dropping + ["train.micro-batch=\(size)"], threads: threads)
      #expect(relative(other, whole) < 1e-3, "micro-batches of \(size), \(threads) threads")
    }
    // Other draws would not come near.
    #expect(relative(try trained([]), whole) > 1e-2)
    #expect(relative(try trained(["train.dropout=0.1"]), whole) > 1e-2)
    #expect(relative(try trained(["train.drop-path=0.3"]), whole) > 1e-2)
  }

  /// The model is written without what its training dropped, and using it drops nothing.
  @Test func theModelIsItself() throws {
    let scratch = try scratch()
    func run(_ name: String, _ overrides: [String]) throws -> Model {
      try finetune(
        scratch.prepare(recipe, overrides), engine: Engine(threads: 1), output: scratch.file(name),
        evaluator: NoEvaluator(), report: { _ in })
      return try Model.open(scratch.file(name + "/model.tar"), plugins: plugins)
    }
    let (plain, dropped) = (try run("plain", []), try run("dropped", dropping))
    // The binding of heads to the trunk's weights differs, as these do.
    #expect(plain.config.options == dropped.config.options)
    #expect(plain.config.heads.map(\.options) == dropped.config.heads.map(\.options))
    let inference = try Inference(dropped, engine: Engine(threads: 1), batch: 2)
    #expect(!inference.plan.instructions.contains { $0.operation == "dropout" })
  }

  @Test func aBackboneWithoutThem() throws {
    let scratch = try scratch()
    let bit = recipe.replacing(
      "{architecture: vit, options: {width: 16, depth: 2, heads: 2, mlp: 32, patch: 8, image: 16}}",
      with: "{architecture: bit, options: {units: [1], widths: [32], stem: 32, groups: 4}}")
    #expect(
      scratch.failure { _ = try scratch.prepare(bit, ["train.drop-path=0.1"]) }
        == """
        --set train.drop-path=0.1: the backbone 'bit' has no option 'drop-path'
         --set | train.drop-path=0.1
               |                 ^
        """)
  }
}
