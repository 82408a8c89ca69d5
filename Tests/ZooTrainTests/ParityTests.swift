import Testing
import ZooArchive
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

@Suite("Imported models compute what the reference computes")
struct ParityTests {
  @Test(arguments: Reference.all, engines) func featuresAndLogits(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice
  ) throws {
    let model = try reference.model()
    let (images, count, tensor) = try reference.images()
    let inference = try Inference(
      model, engine: Engine(choice, threads: 1), batch: count, activations: true,
      size: ImageSize(height: tensor.height, width: tensor.width))
    try inference.run(images)
    let features = try inference.output("pooled", count: count)
    let logits = try inference.output("label.logits", count: count)
    #expect(features.shape == (try NpyArray.read(reference.file("features.npy")).shape))
    #expect(relative(features.values, try reference.floats("features")) < 1e-4)
    #expect(relative(logits.values, try reference.floats("logits")) < 1e-4)
  }

  /// Images beyond the last whole batch are computed as those in it.
  @Test(arguments: Reference.all) func aPartlyFilledBatchChangesNothing(_ reference: Reference) throws {
    let model = try reference.model()
    let (images, count, tensor) = try reference.images()
    let inference = try Inference(
      model, engine: Engine(threads: 1), batch: count + 3,
      size: ImageSize(height: tensor.height, width: tensor.width))
    try inference.run(images)
    let logits = try inference.output("label.logits", count: count)
    #expect(relative(logits.values, try reference.floats("logits")) < 1e-4)
  }

  @Test(arguments: Reference.all, engines) func everyGradient(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice
  ) throws {
    let (model, run) = try Step(reference, choice, microBatch: nil).run()
    let file = try SafetensorsFile(path: reference.file("grads.safetensors"))
    let map = try model.backbone.keyMap("timm")
    var compared = 0
    for entry in model.store.entries {
      let name = entry.spec.name.replacing("heads.label.", with: "head.")
      let source = try #require(map.first { $0.parameter == name }?.sources.first, "\(name)")
      let want = try file.floats(source)
      #expect(relative(run.gradients.values(entry), want) < 1e-3, "\(source)")
      compared += 1
    }
    #expect(compared == file.entries.count)
  }

  /// A micro-batch that does not divide the batch, one that does, and single examples.
  @Test(arguments: Reference.all, [3, 2, 1]) func microBatchesChangeNothing(
    _ reference: Reference, _ size: Int
  ) throws {
    for choice in engines {
      let (model, whole) = try Step(reference, choice, microBatch: nil).run()
      let (_, pieces) = try Step(reference, choice, microBatch: size).run()
      #expect(abs(whole.losses[0] - pieces.losses[0]) < 1e-5)
      for entry in model.store.entries {
        let difference = relative(pieces.gradients.values(entry), whole.gradients.values(entry))
        #expect(difference < 1e-3, "\(entry.spec.name)")
      }
    }
  }

  @Test(arguments: Reference.all) func threadsAndEnginesAgreeToRounding(_ reference: Reference) throws {
    var results: [(losses: [Double], gradients: [[Float]])] = []
    for choice in engines {
      for threads in [1, 2] {
        let step = try Step(reference, choice, microBatch: nil, threads: threads)
        let (model, run) = try step.run()
        results.append((run.losses, model.store.entries.map { run.gradients.values($0) }))
      }
    }
    let first = try #require(results.first)
    for result in results.dropFirst() {
      #expect(abs(result.losses[0] - first.losses[0]) < 1e-5)
      for (got, want) in zip(result.gradients, first.gradients) { #expect(relative(got, want) < 1e-3) }
    }
  }
}

/// One forward and backward pass over a fixture.
struct Step {
  let model: Model
  let program: TrainingProgram
  let images: [Float]
  let count: Int
  let targets: TrainingProgram.Targets

  init(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice, microBatch: Int?, threads: Int = 1,
    precision: ZooEngine.PrecisionChoice = .f32
  ) throws {
    // Tensors that are ready set the size where a backbone takes any: a recipe does what
    // `importing` cannot know.
    let scratch = try Scratch()
    try reference.model().write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    model = try scratch.prepare(reference.recipe(model: "m.tar")).model
    (images, count, _) = try reference.images()
    program = try TrainingProgram(
      model, heads: ["label"], engine: Engine(choice, threads: threads, precision: precision),
      microBatch: microBatch ?? count)
    targets = TrainingProgram.Targets(
      labels: try NpyArray.read(reference.file("labels.npy")).int64s().map { Int32($0) },
      weights: Array(repeating: 1 / Float(count), count: count))
  }

  func run() throws -> (model: Model, run: (losses: [Double], gradients: ParameterBlock)) {
    (model, try program.run(images: images, count: count, targets: [targets]))
  }
}
