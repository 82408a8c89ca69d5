import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("A run and what it leaves")
struct RunTests {
  private let recipe = """
    model: \(tinyVit)
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 4, batch: 4, optimizer: {rate: 0.1}}

    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    return scratch
  }

  private func run(
    _ scratch: Scratch, _ output: String, _ overrides: [String] = [], overwrite: Bool = false,
    stopped: () -> Bool = { false }
  ) throws {
    try finetune(
      scratch.prepare(recipe, overrides), engine: Engine(threads: 1), output: scratch.file(output),
      overwrite: overwrite,
      evaluator: NoEvaluator(), stopped: stopped, report: { _ in })
  }

  private func names(_ scratch: Scratch, _ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: scratch.file(folder))) ?? []).sorted()
  }

  @Test func theSameRecipeAndSeedGiveTheSameBytes() throws {
    let scratch = try scratch()
    for (folder, seed) in [("a", 1), ("b", 1), ("c", 2)] { try run(scratch, folder, ["train.seed=\(seed)"]) }
    #expect(names(scratch, "a") == ["metrics.jsonl", "model.tar"])
    #expect(try scratch.bytes("a/model.tar") == scratch.bytes("b/model.tar"))
    #expect(try scratch.bytes("a/model.tar") != scratch.bytes("c/model.tar"))
  }

  @Test func aFolderThatHoldsARun() throws {
    let scratch = try scratch()
    try run(scratch, "a")
    let before = try scratch.bytes("a/model.tar")
    #expect(
      scratch.failure { try run(scratch, "a", ["train.seed=9"]) }
        == "a: already holds a run (model.tar); give another --output, or --overwrite")
    #expect(try scratch.bytes("a/model.tar") == before)
    try run(scratch, "a", ["train.seed=9"], overwrite: true)
    #expect(try scratch.bytes("a/model.tar") != before)
  }

  @Test func stoppedByASignal() throws {
    let scratch = try scratch()
    var asked = 0
    let message = scratch.failure {
      try run(
        scratch, "a",
        stopped: {
          asked += 1
          return asked == 2
        })
    }
    #expect(message == "stopped after step 2 by a signal; the same command with --resume goes on from there")
    #expect(names(scratch, "a") == ["checkpoint", "metrics.jsonl"])
  }

  /// The log stays, for it shows how it went, but not in the way of another try.
  @Test func aLossThatLeavesTheNumbers() throws {
    let scratch = try scratch()
    #expect(
      scratch.failure { try run(scratch, "a", ["train.optimizer.rate=1e30"]) } == """
        the loss became no number at step 3 (its batch: x.npy[0], x.npy[4], x.npy[1], x.npy[2]); a lower rate, a \
        warm-up or clip-norm may help
        """)
    #expect(names(scratch, "a") == ["metrics.failed.jsonl"])
    try run(scratch, "a")
    #expect(names(scratch, "a") == ["metrics.failed.jsonl", "metrics.jsonl", "model.tar"])
  }

  /// A run that was to replace another and failed has replaced nothing.
  @Test func anOlderRunOutlivesAFailure() throws {
    let scratch = try scratch()
    try run(scratch, "a")
    let old = try (scratch.bytes("a/model.tar"), scratch.bytes("a/metrics.jsonl"))
    _ = scratch.failure { try run(scratch, "a", ["train.optimizer.rate=1e30"], overwrite: true) }
    #expect(names(scratch, "a") == ["metrics.failed.jsonl", "metrics.jsonl", "model.tar"])
    #expect(try scratch.bytes("a/model.tar") == old.0)
    #expect(try scratch.bytes("a/metrics.jsonl") == old.1)
    _ = scratch.failure { try run(scratch, "a", overwrite: true, stopped: { true }) }
    #expect(
      names(scratch, "a") == ["checkpoint", "metrics.failed.jsonl", "metrics.jsonl", "metrics.jsonl.new", "model.tar"])
    #expect(try scratch.bytes("a/model.tar") == old.0)
    #expect(try scratch.bytes("a/metrics.jsonl") == old.1)
    try run(scratch, "a", ["train.steps=2"], overwrite: true)
    #expect(names(scratch, "a") == ["metrics.failed.jsonl", "metrics.jsonl", "model.tar"])
    #expect(try scratch.bytes("a/metrics.jsonl") != old.1)
  }

  @Test func logEverySoManySteps() throws {
    let scratch = try scratch()
    try run(scratch, "a", ["train.log-every=3"])
    let lines = String(decoding: try scratch.bytes("a/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
    let steps = try lines.map { try JSONValue(parsing: String($0), file: "metrics")["step"]?.int }
    #expect(steps == [3, 4])
  }

  @Test func epochsArePassesOverTheData() throws {
    let scratch = try scratch()
    let text = recipe.replacing("steps: 4", with: "epochs: 2")
    #expect(try scratch.prepare(text).steps == 4)
  }

  /// Of several sets an epoch is a pass over the one that takes the most batches; milestones in epochs go by it.
  @Test func epochsArePassesOverTheLargestSet() throws {
    let scratch = try scratch()
    try scratch.tensors("more", labels: (0..<21).map { Int64($0 % 3) }, size: 16)
    let text = """
      model: \(tinyVit)
      heads: {a: {plugin: linear, weights: new}, b: {plugin: linear, weights: new}}
      tasks:
        a: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
        b: {train: {format: tensors, x: more.npy, labels: more-labels.npy, classes: 3}}
      train: {epochs: 3, batch: 4, schedule: {kind: step, milestone-epochs: [1, 2]}}

      """
    let prepared = try scratch.prepare(text)
    // 21 images, 2 in every batch.
    #expect(prepared.groupSizes == [2, 2] && prepared.steps == 33)
    #expect(prepared.schedule == ScheduleSettings(kind: .step, milestones: [11, 22]))
  }
}
