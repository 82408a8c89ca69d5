import Testing
import ZooRecipe
import ZooTrain

@Suite("Models of free options")
struct VariantTests {
  private func create(_ architecture: String, _ settings: [String], seed: Int = 0) throws -> Model {
    try Model.create(
      architecture: architecture, options: PluginOptions(settings: settings), seed: seed, plugins: plugins)
  }

  /// Patches 8·8·3·64 + 64, positions (16 + 1)·64, the class token 64; each block two
  /// norms, attention 4·(64² + 64), the layers 64·256 + 256 and 256·64 + 64; the last norm.
  @Test func parametersOfATinyTransformer() throws {
    let stem = 8 * 8 * 3 * 64 + 64 + 17 * 64 + 64
    let block = 2 * 128 + 4 * (64 * 64 + 64) + (64 * 256 + 256) + (256 * 64 + 64)
    #expect(try create("vit", Reference.all[0].options).parameterCount == stem + 2 * block + 128)
  }

  /// As the reference has them, but for its classifier of 256·10 + 10.
  @Test func parametersOfATinyResidualNetwork() throws {
    let reference = try Reference.all[1].model().parameterCount
    #expect(try create("bit", Reference.all[1].options).parameterCount == reference - 2570)
  }

  @Test func optionsOverlayANamedSize() throws {
    let model = try create("vit-ti16", ["depth=1", "image=32"])
    #expect(model.config.architecture == "vit")
    #expect(model.config.variant == "vit-ti16")
    #expect(model.config.input.height == 32)
    let block = 2 * 384 + 4 * (192 * 192 + 192) + (192 * 768 + 768) + (768 * 192 + 192)
    #expect(model.parameterCount == 16 * 16 * 3 * 192 + 192 + 5 * 192 + 192 + block + 384)
  }

  @Test func seeds() throws {
    let settings = ["width=16", "depth=1", "heads=2", "mlp=32", "patch=8", "image=16"]
    #expect(try parameters(create("vit", settings, seed: 4)) == parameters(create("vit", settings, seed: 4)))
    #expect(try parameters(create("vit", settings, seed: 4)) != parameters(create("vit", settings, seed: 5)))
  }
}
