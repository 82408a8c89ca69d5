import Testing
import ZooArchive
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// A checkpoint in memory, to be written under other names.
struct Arrays {
  var list: [(name: String, shape: [Int], values: [Float])]

  init(_ path: String) throws {
    let file = try openTensorFile(path)
    list = try file.tensorNames.map { ($0, try file.shape(of: $0), try file.floats($0)) }
  }

  subscript(name: String) -> (shape: [Int], values: [Float])? {
    list.first { $0.name == name }.map { ($0.shape, $0.values) }
  }

  func renamed(_ change: (String) -> String) -> Arrays {
    var result = self
    result.list = list.map { (change($0.name), $0.shape, $0.values) }
    return result
  }

  func write(_ scratch: Scratch, _ name: String = "w.safetensors") throws -> String {
    try SafetensorsWriter.write(
      list.map { TensorSource(name: $0.name, floats: $0.values, shape: $0.shape) }, to: scratch.file(name))
    return scratch.file(name)
  }
}

extension Reference {
  /// Options that make a model from official.npz compute as timm does.
  var timmNumerics: String { kind == "vit" ? "gelu=erf" : "ws-epsilon=1e-8" }

  func found(
    _ path: String, _ more: [String] = [], source: CheckpointSource? = nil, resize: PositionResize = .official
  ) throws -> CheckpointImport {
    let options = options.filter { option in !more.contains { $0.hasPrefix(option.prefix { $0 != "=" }) } }
    return try CheckpointImport(
      path, architecture: kind, options: PluginOptions(settings: options + more), source: source, headName: "label",
      resize: resize, licence: "Apache-2.0", plugins: plugins)
  }

  func run(_ model: Model, engine: Engine) throws -> (features: [Float], logits: [Float]) {
    let (images, count, tensor) = try images()
    let inference = try Inference(
      model, engine: engine, batch: count, activations: true,
      size: ImageSize(height: tensor.height, width: tensor.width))
    try inference.run(images)
    return (
      try inference.output("pooled", count: count).values, try inference.output("label.logits", count: count).values
    )
  }
}

@Suite("Official npz files")
struct ImportOfficialTests {
  @Test(arguments: Reference.all, engines) func computeWhatTimmComputes(
    _ reference: Reference, _ choice: ZooEngine.EngineChoice
  ) throws {
    let model = try reference.found(reference.file("official.npz"), [reference.timmNumerics]).load()
    let (features, logits) = try reference.run(model, engine: Engine(choice, threads: 1))
    #expect(relative(features, try reference.floats("features")) < 1e-4)
    #expect(relative(logits, try reference.floats("logits")) < 1e-4)
  }

  @Test(arguments: Reference.all) func holdTheSameParameters(_ reference: Reference) throws {
    let model = try reference.found(reference.file("official.npz")).load()
    #expect(try parameters(model) == parameters(reference.model()))
    #expect(model.config.source.map(\.text) == ["official names"])
  }

  /// Weights of which the two numerics make different logits, and an independent forward pass over them.
  @Test(arguments: Reference.all) func haveTheirOwnNumericsByDefault(_ reference: Reference) throws {
    let scratch = try Scratch()
    var arrays = try Arrays(reference.file("official.npz"))
    for (end, scale) in [("/MlpBlock_3/Dense_0/kernel", Float(16)), ("/standardized_conv2d/kernel", 1e-3)] {
      for index in arrays.list.indices where arrays.list[index].name.hasSuffix(end) {
        arrays.list[index].values = arrays.list[index].values.map { $0 * scale }
      }
    }
    let path = try arrays.write(scratch)
    let want = try reference.floats("official-logits")
    let engine = try Engine(threads: 1)
    #expect(relative(try reference.run(reference.found(path).load(), engine: engine).logits, want) < 1e-5)
    let timm = try reference.found(path, [reference.timmNumerics]).load()
    #expect(relative(try reference.run(timm, engine: engine).logits, want) > 5e-5)
  }

  /// Array by array into a file, or all at once into memory: the same archive.
  @Test(arguments: Reference.all) func areWrittenAsTheyAreLoaded(_ reference: Reference) throws {
    let scratch = try Scratch()
    let found = try reference.found(reference.file("official.npz"))
    try found.write(to: scratch.file("a.tar"), name: "m", createdBy: "test")
    try found.load().write(to: scratch.file("b.tar"), name: "m", createdBy: "test")
    #expect(try scratch.bytes("a.tar") == scratch.bytes("b.tar"))
  }
}
