import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

/// Whether this machine multiplies bfloat16; where it does not, `bf16` is refused and nothing else can be tested.
private let native = (try? Engine(.onednn, threads: 1).multipliesBFloat16) ?? false

@Suite("bfloat16 operands")
struct PrecisionTests {
  /// The tolerance of the format: 8 bits of mantissa, over a few layers.
  @Test(.enabled(if: native), arguments: Reference.all) func logitsStayClose(_ reference: Reference) throws {
    let model = try reference.model()
    let (images, count, tensor) = try reference.images()
    let inference = try Inference(
      model, engine: Engine(.onednn, threads: 2, precision: .bf16), batch: count,
      size: ImageSize(height: tensor.height, width: tensor.width))
    try inference.run(images)
    let logits = try inference.output("label.logits", count: count).values
    let error = relative(logits, try reference.floats("logits"))
    #expect(error < 0.03, "\(error)")
    // Not float32 under another name.
    #expect(error > 1e-5, "\(error)")
  }

  @Test(.enabled(if: native), arguments: Reference.all) func gradientsStayClose(_ reference: Reference) throws {
    let (model, exact) = try Step(reference, .onednn, microBatch: nil).run()
    let (_, narrow) = try Step(reference, .onednn, microBatch: nil, threads: 2, precision: .bf16).run()
    #expect(abs(exact.losses[0] - narrow.losses[0]) < 0.01 * exact.losses[0])
    var (error, size) = (0.0, 0.0)
    for entry in model.store.entries {
      for (a, b) in zip(narrow.gradients.values(entry), exact.gradients.values(entry)) {
        error += Double(a - b) * Double(a - b)
        size += Double(b) * Double(b)
      }
    }
    let distance = (error / size).squareRoot()
    // A network of ReLUs with random weights amplifies rounding; PyTorch's autocast is as far from its own float32.
    #expect(distance < (reference.kind == "bit" ? 0.45 : 0.03), "\(distance)")
  }

  /// Activations that only products read are kept at half the size.
  @Test(.enabled(if: native)) func takesLessMemory() throws {
    let reference = Reference.all[0]
    let exact = try Step(reference, .onednn, microBatch: nil).program.plan
    let narrow = try Step(reference, .onednn, microBatch: nil, precision: .bf16).program.plan
    #expect(narrow.arenaBytes < exact.arenaBytes)
  }

  @Test func autoIsFloat32WhereBFloat16IsSlow() throws {
    for choice in engines {
      let engine = try Engine(choice, threads: 1, precision: .auto)
      #expect(engine.precision == (engine.multipliesBFloat16 ? .bfloat16 : .float32))
      #expect(try Engine(choice, threads: 1).precision == .float32)
    }
  }

  @Test(.enabled(if: engines.contains(.openblas))) func refusedWhereTheLibraryHasNone() throws {
    #expect(throws: EngineError.self) { try Engine(.openblas, threads: 1, precision: .bf16) }
  }
}
