import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

/// A ResNet with batch normalisation, which BiT is compared with.
@Suite struct BatchNormTests {
  private let recipe = """
    model: {architecture: bit, options: {units: [1], widths: [16], stem: 4, groups: 4, image: 16, norm: batch}}
    heads: {label: {plugin: linear, weights: new}}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 3}}
    train: {steps: 1, batch: 4, shuffle: false, optimizer: {kind: sgd, rate: 0.0}}
    """

  private func train(_ scratch: Scratch, _ overrides: [String] = []) throws -> Model {
    try scratch.tensors("x", labels: [0, 1, 2, 1], size: 16)
    try scratch.write("recipe.yaml", recipe)
    let prepared = try PreparedRecipe(
      Recipe.load(path: scratch.file("recipe.yaml"), overrides: overrides), plugins: plugins,
      store: scratch.store)
    try finetune(
      prepared, engine: Engine(threads: 2), output: scratch.file("run"), evaluator: NoEvaluator(), report: { _ in })
    return prepared.model
  }

  @Test func aBatchIsNotSplit() throws {
    let scratch = try Scratch()
    #expect(
      scratch.failure { _ = try train(scratch, ["train.micro-batch=2"]) } == """
        --set train.micro-batch=2: the model normalises over the examples of a batch, so it cannot run in micro-batches
         --set | train.micro-batch=2
               |                   ^
        """)
    #expect(!scratch.names.contains("run"))
  }

  /// The first norm reads the stem, whose running mean must be a tenth of the stem's mean over the batch.
  @Test func theRunningMeanMovesByItsMomentum() throws {
    let scratch = try Scratch()
    let model = try train(scratch)
    let planes = try NpyArray.read(scratch.file("x.npy")).floats()
    let pixels = 16 * 16
    let images = (0..<4).flatMap { image in
      (0..<pixels).flatMap { pixel in (0..<3).map { planes[(image * 3 + $0) * pixels + pixel] } }
    }
    let inference = try Inference(model, engine: Engine(threads: 1), batch: 4, activations: true)
    try inference.run(images)
    let stem = try inference.output("stem", count: 4).values
    let running = try #require(model.store.state("stages.0.blocks.0.norm1.running_mean"))
    for channel in 0..<4 {
      let column = stride(from: channel, to: stem.count, by: 4).map { Double(stem[$0]) }
      let mean = column.reduce(0, +) / Double(column.count)
      #expect(abs(mean) > 1e-3)
      #expect(abs(Double(running[channel]) - 0.1 * mean) < 1e-5)
    }
  }
}
