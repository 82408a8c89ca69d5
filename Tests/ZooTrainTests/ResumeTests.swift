import FoundationEssentials
import Glibc
import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("An interrupted run goes on to the same bits")
struct ResumeTests {
  private let recipe = """
    model: \(tinyVit)
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label:
        train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}
        evaluate: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}
    train:
      steps: 8
      batch: 4
      micro-batch: 3
      optimizer: {rate: 0.1, weight-decay: 0.01}
      schedule: {kind: cosine, warmup: 2}

    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    return scratch
  }

  /// Runs; stops after some step where one is given.
  private func run(
    _ scratch: Scratch, _ output: String, _ overrides: [String] = [], resume: Bool = false, stopAfter: Int? = nil,
    evaluator: any Evaluator = NoEvaluator(), threads: Int = 1
  ) throws {
    var asked = 0
    try finetune(
      scratch.prepare(recipe, overrides), engine: Engine(threads: threads), output: scratch.file(output),
      resume: resume, evaluator: evaluator,
      stopped: {
        asked += 1
        return asked == stopAfter
      }, report: { _ in })
  }

  private func names(_ scratch: Scratch, _ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: scratch.file(folder))) ?? []).sorted()
  }

  /// The log without its times.
  private func log(_ scratch: Scratch, _ path: String) throws -> [String] {
    try String(decoding: scratch.bytes(path), as: UTF8.self).split(separator: "\n").map {
      var line = try JSONValue(parsing: String($0), file: "log")
      if case .object(var members) = line {
        members["images_per_second"] = .null
        line = .object(members)
      }
      return line.compact()
    }
  }

  @Test(arguments: [
    [], ["train.optimizer={kind: adamw, rate: 0.01, weight-decay: 0.05}"],
    ["train.dropout=0.2", "train.drop-path=0.1"], ["train.dropout=0.2", "train.recompute=blocks"],
    ["train.average={decay: 0.9}", "train.groups=[{match: blocks.*, freeze: true}]"],
    [
      "train.lora={rank: 2}", "train.average={decay: 0.9}", "train.evaluate-every=2",
      "train.keep-best={metric: score}",
    ],
    ["train.optimizer.nesterov=true", "train.evaluate-every=2", "train.keep-best={metric: score}"],
  ])
  func stoppedAndResumed(_ overrides: [String]) throws {
    let scratch = try scratch()
    try run(scratch, "whole", overrides, evaluator: OneWeight())
    #expect(throws: TrainError.self) {
      try run(scratch, "parts", overrides, stopAfter: 3, evaluator: OneWeight())
    }
    #expect(names(scratch, "parts").contains("checkpoint"))
    #expect(!names(scratch, "parts").contains("model.tar"))
    #expect(throws: TrainError.self) {
      try run(scratch, "parts", overrides, resume: true, stopAfter: 3, evaluator: OneWeight())
    }
    try run(scratch, "parts", overrides, resume: true, evaluator: OneWeight())
    #expect(try scratch.bytes("parts/model.tar") == scratch.bytes("whole/model.tar"))
    #expect(try log(scratch, "parts/metrics.jsonl") == log(scratch, "whole/metrics.jsonl"))
    #expect(names(scratch, "parts") == names(scratch, "whole"))
    if names(scratch, "whole").contains("best.tar") {
      #expect(try scratch.bytes("parts/best.tar") == scratch.bytes("whole/best.tar"))
    }
  }

  /// As a kill leaves it: a checkpoint of step 4 and a log that is further.
  @Test func theLogGoesBackToTheCheckpoint() throws {
    let scratch = try scratch()
    try run(scratch, "whole")
    let message = scratch.failure {
      try run(scratch, "a", ["train.checkpoint-every=4", "train.optimizer.rate=0.1"], stopAfter: 4)
    }
    #expect(message.hasPrefix("stopped after step 4"))
    var bytes = try scratch.bytes("a/metrics.jsonl")
    bytes += Array(#"{"step":5,"loss":1.0}"#.utf8) + [0x0A] + Array(#"{"step":6,"lo"#.utf8)
    try Data(bytes).write(to: URL(filePath: scratch.file("a/metrics.jsonl")))
    try Data().write(to: URL(filePath: scratch.file("a/checkpoint/.state.safetensors.tmp-0123456789abcdef")))
    try run(scratch, "a", ["train.checkpoint-every=4", "train.optimizer.rate=0.1"], resume: true)
    #expect(try log(scratch, "a/metrics.jsonl") == log(scratch, "whole/metrics.jsonl"))
    #expect(names(scratch, "a") == ["metrics.jsonl", "model.tar"])
  }

  /// A process that is just being started holds all files for a moment, the finished run's log among them.
  @Test func theLogIsFreeAfterTheRun() throws {
    let scratch = try scratch()
    var held: Int32 = -1
    _ = scratch.failure {
      try finetune(
        scratch.prepare(recipe), engine: Engine(threads: 1), output: scratch.file("a"), evaluator: NoEvaluator(),
        stopped: {
          held = duplicate(of: scratch.file("a/metrics.jsonl"))
          return true
        }, report: { _ in })
    }
    #expect(held >= 0)
    defer { close(held) }
    try run(scratch, "a", resume: true)
    #expect(names(scratch, "a") == ["metrics.jsonl", "model.tar"])
  }

  /// Another descriptor of a file that this process has open.
  private func duplicate(of path: String) -> Int32 {
    for descriptor in Int32(0)..<1024 {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
      if target == URL(filePath: path).resolvingSymlinksInPath().path { return dup(descriptor) }
    }
    return -1
  }

  @Test func anotherRunIsRefused() throws {
    let scratch = try scratch()
    #expect(
      scratch.failure { try run(scratch, "a", resume: true) } == "a: holds no unfinished run to resume")
    _ = scratch.failure { try run(scratch, "a", stopAfter: 3) }
    let refusal = "a: the run cannot be resumed to the same result: "
    #expect(
      scratch.failure { try run(scratch, "a") }
        == "a: holds a run that is not finished; go on with --resume, or --overwrite it")
    #expect(
      scratch.failure { try run(scratch, "a", ["train.optimizer.rate=0.2"], resume: true) }
        == refusal + "the recipe said 'train.optimizer.rate: 0.1' and says 'train.optimizer.rate: 0.2'")
    #expect(
      scratch.failure { try run(scratch, "a", resume: true, threads: 2) }
        == refusal + "the number of threads was 1 and is 2")
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16, seed: 3)
    #expect(
      scratch.failure { try run(scratch, "a", resume: true) }
        == refusal + "the training data of task 'label' is another")
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2], size: 16)
    try run(scratch, "a", resume: true)
    #expect(scratch.failure { try run(scratch, "a", resume: true) } == "a: holds no unfinished run to resume")
  }

  @Test func aDamagedCheckpointIsNamed() throws {
    let scratch = try scratch()
    _ = scratch.failure { try run(scratch, "a", stopAfter: 3) }
    let path = "a/checkpoint/state.safetensors"
    let whole = try scratch.bytes(path)
    for count in [0, 7, 100, whole.count - 1] {
      try Data(whole.prefix(count)).write(to: URL(filePath: scratch.file(path)))
      #expect(scratch.failure { try run(scratch, "a", resume: true) }.hasPrefix(path))
    }
    var changed = whole
    let at = try #require(whole.firstRange(of: Array("zoo.checkpoint/1".utf8))?.upperBound)
    changed[at - 1] = UInt8(ascii: "9")
    try Data(changed).write(to: URL(filePath: scratch.file(path)))
    #expect(
      scratch.failure { try run(scratch, "a", resume: true) }
        == path + ": is a checkpoint of format 'zoo.checkpoint/9'; this zoo continues 'zoo.checkpoint/1'")
  }

  /// A run that leaves the numbers says what it can go on from; the checkpoint and the log stay.
  @Test func theLastGoodCheckpoint() throws {
    let scratch = try scratch()
    let overrides = [
      "train.checkpoint-every=2", "train.optimizer.rate=1e30", "train.schedule={kind: constant, warmup: 1000000000}",
      "train.steps=100",
    ]
    let message = scratch.failure { try run(scratch, "a", overrides) }
    let lines = message.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.first?.contains("became") == true)
    #expect(lines.last?.hasPrefix("  the last good checkpoint is that of step ") == true)
    #expect(names(scratch, "a") == ["checkpoint", "metrics.jsonl"])
  }

  @Test func noBetterForSoLongAndTheRunEnds() throws {
    let scratch = try scratch()
    let overrides = ["train.evaluate-every=1", "train.keep-best={metric: score, mode: min, patience: 2}"]
    try run(scratch, "a", overrides, evaluator: Scores([5, 3, 4, 3, 1, 1, 1, 1]))
    let steps = try log(scratch, "a/metrics.jsonl").compactMap { try JSONValue(parsing: $0, file: "log")["step"]?.int }
    #expect(steps.last == 4)
    #expect(names(scratch, "a") == ["best.tar", "metrics.jsonl", "model.tar"])
    #expect(try weights(scratch, "a/best.tar") != weights(scratch, "a/model.tar"))
  }

  @Test func aMetricThatNobodyMeasures() throws {
    let scratch = try scratch()
    let overrides = ["train.evaluate-every=1", "train.keep-best={metric: scor}"]
    #expect(
      scratch.failure { try run(scratch, "a", overrides, evaluator: Scores([5])) } == """
        --set train.keep-best={metric: scor}: no task is measured by 'scor'
         --set | train.keep-best={metric: scor}
               |                          ^ did you mean 'score'? there are score
        """)
    #expect(
      scratch.failure { _ = try run(scratch, "a", ["train.keep-best={metric: score}"]) }
        == """
        --set train.keep-best={metric: score}: 'train.keep-best' needs 'evaluate-every'
         --set | train.keep-best={metric: score}
               |                 ^
        """)
  }

  private func weights(_ scratch: Scratch, _ path: String) throws -> [Float] {
    try ModelArchive.open(scratch.file(path)).weights.floats("heads.label.weight")
  }
}

/// Says what it was told to, one value an evaluation.
private final class Scores: Evaluator {
  private var values: [Double]
  init(_ values: [Double]) { self.values = values }

  func evaluate(_ model: Model) -> [(task: String, values: [(name: String, value: Double)])] {
    [("label", [("score", values.isEmpty ? 0 : values.removeFirst())])]
  }
}

/// A value that depends on nothing but the weights.
private struct OneWeight: Evaluator {
  func evaluate(_ model: Model) throws -> [(task: String, values: [(name: String, value: Double)])] {
    let weight = try model.store.values("heads.label.weight").first ?? 0
    return [("label", [("score", Double(weight))])]
  }
}
