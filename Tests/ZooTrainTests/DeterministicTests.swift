import Testing
import ZooEngine
import ZooRecipe
import ZooTrain

/// Whether this machine multiplies bfloat16.
private let native = (try? Engine(.onednn, threads: 1).multipliesBFloat16) ?? false

@Suite("The same bits for any number of threads")
struct DeterministicTests {
  /// Wide enough for products to be cut up; every kind of convolution (1×1, 3×3, strides, stem).
  private static let models = [
    "{architecture: vit, options: {width: 128, depth: 2, heads: 4, mlp: 256, patch: 4, image: 32}}",
    "{architecture: bit, options: {units: [1, 2], widths: [128, 256], stem: 64, groups: 32, image: 32}}",
  ]

  private func recipe(_ model: String) -> String {
    """
    model: \(model)
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label:
        train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}
        evaluate: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}
    train: {steps: 4, batch: 6, micro-batch: 5, optimizer: {rate: 0.05}, clip-norm: 1, deterministic: threads}

    """
  }

  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.tensors("x", labels: [0, 1, 2, 1, 0, 2])
    return scratch
  }

  private func trained(_ model: String, _ engine: Engine) throws -> [[UInt32]] {
    let prepared = try scratch().prepare(recipe(model))
    try trainInMemory(prepared, engine: engine)
    var result = try parameters(prepared.model).map { $0.map(\.bitPattern) }
    let inference = try Inference(prepared.model, engine: engine, batch: 3)
    try inference.run(noise(3 * 32 * 32 * 3, seed: 7))
    for name in inference.names { result.append(try inference.output(name, count: 3).values.map(\.bitPattern)) }
    return result
  }

  private func same(_ model: String, _ choice: ZooEngine.EngineChoice, _ precision: ZooEngine.PrecisionChoice) throws {
    let one = try trained(model, Engine(choice, threads: 1, precision: precision, deterministic: true))
    for threads in [2, 3] {
      let other = try trained(model, Engine(choice, threads: threads, precision: precision, deterministic: true))
      let same = other == one
      #expect(same, "\(threads) threads")
    }
    // And it is the same computation.
    let usual = try trained(model, Engine(choice, threads: 1, precision: precision))
    let (got, want) = (one.flatMap { $0.map(Float.init(bitPattern:)) }, usual.flatMap { $0.map(Float.init(bitPattern:)) })
    let distance = relative(got, want)
    #expect(distance < (precision == .f32 ? 1e-3 : 0.1))
  }

  @Test(arguments: models, engines) func inFloat32(_ model: String, _ engine: ZooEngine.EngineChoice) throws {
    try same(model, engine, .f32)
  }

  @Test(.enabled(if: native), arguments: models) func inBFloat16(_ model: String) throws {
    try same(model, .onednn, .bf16)
  }

  /// Another number of threads may go on, to the same file.
  @Test func resumedWithOtherThreads() throws {
    let (scratch, model) = (try scratch(), Self.models[0])
    func run(_ name: String, threads: Int, resume: Bool = false, stopAfter: Int? = nil) throws {
      var asked = 0
      try finetune(
        scratch.prepare(recipe(model)), engine: Engine(threads: threads, deterministic: true),
        output: scratch.file(name), resume: resume, evaluator: NoEvaluator(),
        stopped: {
          asked += 1
          return asked == stopAfter
        }, report: { _ in })
    }
    try run("whole", threads: 2)
    #expect(throws: TrainError.self) { try run("parts", threads: 3, stopAfter: 2) }
    try run("parts", threads: 1, resume: true)
    #expect(try scratch.bytes("parts/model.tar") == scratch.bytes("whole/model.tar"))
  }

  /// A run that began without does not go on with it, nor one with it without.
  @Test func aRecordedCondition() throws {
    let (scratch, model) = (try scratch(), Self.models[0])
    func run(_ deterministic: Bool, resume: Bool = false) throws {
      var asked = 0
      try finetune(
        scratch.prepare(recipe(model), deterministic ? [] : ["train.deterministic=none"]),
        engine: Engine(threads: 2, deterministic: deterministic), output: scratch.file("run"), resume: resume,
        evaluator: NoEvaluator(),
        stopped: {
          asked += 1
          return asked == 2
        }, report: { _ in })
    }
    #expect(throws: TrainError.self) { try run(false) }
    #expect(
      scratch.failure { try run(true, resume: true) }
        == "run: the run cannot be resumed to the same result: the number of threads was 2 and is any")
  }

  /// The recipe asks for it, whoever opened the engine.
  @Test func theEngineMustFollow() throws {
    let scratch = try scratch()
    let message = scratch.failure {
      try finetune(
        scratch.prepare(recipe(Self.models[0])), engine: Engine(threads: 1), output: scratch.file("run"),
        evaluator: NoEvaluator(), report: { _ in })
    }
    #expect(message.contains("recipe.yaml:7:"), "\(message)")
  }
}
