import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooTrain

/// A frozen trunk computes each image once.
@Suite("Features of a frozen trunk")
struct FeatureReuseTests {
  /// Two heads that read different activations, and a second data set.
  private let recipe = """
    model: \(tinyVit)
    heads:
      label: {plugin: linear, weights: new, options: {initial: random}}
      other: {plugin: attention-pool, weights: new}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
      other: {train: {format: tensors, x: y.npy, labels: y-labels.npy, classes: 2}}
    train:
      steps: 9
      batch: 5
      micro-batch: 3
      optimizer: {rate: 0.1, weight-decay: 0.01}
      groups: [{match: backbone, freeze: true}]

    """

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2, 2], size: 16)
    try scratch.tensors("y", labels: [0, 1, 0, -1, 1], size: 16, seed: 2)
    return scratch
  }

  private func trained(_ scratch: Scratch, _ overrides: [String], most: Int? = nil) throws -> [[Float]] {
    var prepared = try scratch.prepare(recipe, overrides)
    if let most { prepared.mostFeaturesInMemory = most }
    try trainInMemory(prepared, engine: Engine(threads: 1))
    return try parameters(prepared.model)
  }

  @Test func theResultIsThatOfComputingAnew() throws {
    let scratch = try scratch()
    let anew = try trained(scratch, ["train.cache-features=off"])
    let start = try parameters(scratch.prepare(recipe).model)
    let kept = try trained(scratch, [])
    for ((kept, anew), start) in zip(zip(kept, anew), start) {
      #expect(relative(kept, anew) < 1e-4)
      // The trunk is as it was, to the bit.
      if anew == start { #expect(kept == start) }
    }
    #expect(zip(kept, start).contains { $0 != $1 })
    // In a file, the same bits.
    #expect(try trained(scratch, [], most: 50) == kept)
  }

  /// The steps are of the heads alone; nothing is left in the folder.
  @Test func theStepsHaveNoTrunk() throws {
    let scratch = try scratch()
    var prepared = try scratch.prepare(recipe)
    prepared.mostFeaturesInMemory = 10
    var (events, operations) = ([String](), [String]())
    try finetune(
      prepared, engine: Engine(threads: 1), output: scratch.file("run"), evaluator: NoEvaluator(),
      report: { event in
        switch event {
        case .started(_, _, _, _, let plan): operations = plan.instructions.map(\.operation)
        case .features(let done, let all): events.append("\(done)/\(all)")
        default: break
        }
      })
    #expect(events == ["3/12", "6/12", "7/12", "10/12", "12/12"])
    // The patches are the only convolution.
    #expect(!operations.isEmpty && !operations.contains { $0.contains("conv") })
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.file("run")).sorted()
    #expect(files == ["metrics.jsonl", "model.tar"])
  }

  /// Stopped among the features or among the steps, it goes on to the same bytes.
  @Test(arguments: [[2], [7], [3, 9]]) func stoppedAndResumed(_ stops: [Int]) throws {
    let scratch = try scratch()
    func run(_ output: String, resume: Bool = false, stop: Int? = nil) throws {
      var asked = 0
      try finetune(
        scratch.prepare(recipe), engine: Engine(threads: 1), output: scratch.file(output), resume: resume,
        evaluator: NoEvaluator(),
        stopped: {
          asked += 1
          return asked == stop
        }, report: { _ in })
    }
    try run("whole")
    for (index, stop) in stops.enumerated() {
      let message = scratch.failure { try run("parts", resume: index > 0, stop: stop) }
      #expect(message.hasPrefix("stopped after step "), "\(message)")
    }
    try run("parts", resume: true)
    #expect(try scratch.bytes("parts/model.tar") == scratch.bytes("whole/model.tar"))
  }

  @Test(arguments: [
    ("train.cache-features=off", "the recipe says so"),
    ("train.groups=[{match: blocks.*, freeze: true}]", "'patch_embed.proj.weight' of the trunk learns"),
    ("train.lora={rank: 1}", "low-rank updates change the trunk"),
    ("train.dropout=0.1", "the trunk draws at random in training, or changes its states"),
    ("train.mixup={alpha: 0.1}", "'train.mixup' mixes images"), ("train.cutmix={}", "'train.cutmix' mixes images"),
    ("transform={train: [{flip: {probability: 0.5}}]}", "'flip' of the training images' transform is random"),
    ("train.steps=1", "no image is seen twice"),
  ])
  func whyNot(_ setting: String, _ reason: String) throws {
    let scratch = try scratch()
    let prepared = try scratch.prepare(recipe, [setting])
    #expect(try prepared.featureReuse() == .notKept(reason))
    guard setting.contains("=off") == false, setting != "train.steps=1" else { return }
    let demanded = try scratch.prepare(recipe, [setting, "train.cache-features=on"])
    let message = scratch.failure { _ = try demanded.featureReuse() }
    #expect(message.hasPrefix("--set train.cache-features=on: features cannot be kept: \(reason)\n"), "\(message)")
  }

  @Test func flipsThatAreNotRandom() throws {
    let scratch = try scratch()
    for transform in ["[]", "[{flip: {probability: 1}}]", "[{resize: {}}, {crop: {position: center}}]"] {
      let prepared = try scratch.prepare(recipe, ["transform={train: \(transform)}"])
      #expect(try prepared.featureReuse().features?.names == ["pooled", "tokens"])
    }
    let once = try scratch.prepare(recipe, ["train.steps=1", "train.cache-features=on"])
    #expect(try once.featureReuse().features != nil)
  }
}
