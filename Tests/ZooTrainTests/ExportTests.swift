import Testing
import ZooArchive
import ZooRecipe
import ZooTrain

@Suite("Export to other libraries")
struct ExportTests {
  private let vit = Reference.all[0], bit = Reference.all[1]

  private func arrays(_ path: String) throws -> [(name: String, shape: [Int], values: [Float])] {
    try Arrays(path).list
  }

  /// What timm loads with strict=True is what it wrote.
  @Test(arguments: Reference.all) func timmsOwnArraysComeOut(_ reference: Reference) throws {
    let scratch = try Scratch()
    _ = try reference.model().export(.timm, to: scratch.file("out"))
    let (got, want) = (
      try Arrays(scratch.file("out/model.safetensors")).list, try Arrays(reference.file("timm.safetensors")).list
    )
    #expect(got.map(\.name) == want.map(\.name))
    #expect(got.map(\.shape) == want.map(\.shape))
    #expect(got.map(\.values) == want.map(\.values))
  }

  @Test(arguments: [("vit", ExportFormat.timm), ("vit", .hf), ("bit", .timm)])
  func importAfterExport(_ kind: String, _ format: ExportFormat) throws {
    let scratch = try Scratch()
    let reference = kind == "vit" ? vit : bit
    let model = try reference.model()
    _ = try model.export(format, to: scratch.file("out"))
    let found = try reference.found(scratch.file("out/model.safetensors"))
    #expect(found.source.rawValue == format.rawValue)
    #expect(try parameters(found.load()) == parameters(model))
  }

  @Test func aBareTransformersModel() throws {
    let scratch = try Scratch()
    _ = try vit.model().export(.hf, to: scratch.file("out"))
    var arrays = try Arrays(scratch.file("out/model.safetensors"))
    arrays.list.removeAll { $0.name.hasPrefix("classifier.") }
    let path = try arrays.renamed { String($0.dropFirst("vit.".count)) }.write(scratch)
    let model = try vit.found(path).load()
    #expect(model.heads.isEmpty)
    #expect(try model.store.values("blocks.1.attn.qkv.weight") == vit.model().store.values("blocks.1.attn.qkv.weight"))
    #expect(model.config.options.node["layer-norm-epsilon"]?.doubleValue == 1e-12)
  }

  private func config(_ scratch: Scratch, _ name: String = "config.json") throws -> JSONValue {
    try JSONValue(parsing: scratch.bytes("out/" + name), file: name)
  }

  @Test func transformersConfiguration() throws {
    let scratch = try Scratch()
    #expect(try vit.model().export(.hf, to: scratch.file("out")) == [])
    let config = try config(scratch)
    #expect(config["architectures"]?[0]?.string == "ViTForImageClassification")
    #expect(config["hidden_size"] == 64 && config["num_hidden_layers"] == 2 && config["intermediate_size"] == 256)
    #expect(config["hidden_act"] == "gelu" && config["layer_norm_eps"] == 1e-6)
    #expect(config["image_size"] == 32 && config["patch_size"] == 8)
    #expect(config["num_labels"] == 10 && config["id2label"]?["9"] == "9")
    let processor = try self.config(scratch, "preprocessor_config.json")
    #expect(processor["size"]?["height"] == 32 && processor["image_mean"]?[0] == 0.5)
  }

  @Test func timmsConfiguration() throws {
    let scratch = try Scratch()
    let model = try vit.found(vit.file("official.npz"), ["layer-norm-epsilon=1e-12"]).load()
    #expect(
      try model.export(.timm, to: scratch.file("out"))
        == ["timm computes with a LayerNorm epsilon of 1e-6, this model with 1e-12"])
    let config = try config(scratch)
    #expect(config["architecture"] == "vit_base_patch16_224")
    #expect(config["model_args"]?["embed_dim"] == 64 && config["model_args"]?["img_size"] == 32)
    #expect(config["model_args"]?["act_layer"] == "gelu_tanh")
    #expect(config["num_classes"] == 10 && config["pretrained_cfg"]?["input_size"]?[1] == 32)
    #expect(config["pretrained_cfg"]?["std"]?[2] == 0.5)
  }

  @Test func ownNames() throws {
    let scratch = try Scratch()
    let model = try bit.model()
    _ = try model.export(.safetensors, to: scratch.file("out"))
    #expect(scratch.names == ["out"])
    let file = try SafetensorsFile(path: scratch.file("out/model.safetensors"))
    #expect(file.entries.count == model.store.entries.count)
    #expect(file.entry("heads.label.weight")?.shape == [10, 256])
  }

  @Test func whatOtherLibrariesDoNotHave() throws {
    let scratch = try Scratch()
    func refusal(_ model: Model, _ format: ExportFormat, head: String? = nil) -> String {
      scratch.failure { _ = try model.export(format, to: scratch.file("out"), head: head) }
    }
    #expect(refusal(try bit.model(), .hf) == "model: only the backbone 'vit' goes to transformers, not 'bit'")
    #expect(refusal(try vit.model(), .timm, head: "style") == "model: has no head 'style'; it has label")
    let preLogits = try Model.create(
      architecture: "vit", options: PluginOptions(settings: vit.options + ["pre-logits=8"]), seed: 1, plugins: plugins)
    #expect(
      refusal(preLogits, .timm)
        == "model: timm has no pre-logits layer; import with pre-logits=0 what is to go there")
    let mean = try Model.create(
      architecture: "vit", options: PluginOptions(settings: vit.options + ["pool=mean"]), seed: 1, plugins: plugins)
    #expect(
      refusal(mean, .hf) == "model: transformers' ViT reads a class token, which this model has none of")
    #expect(scratch.names == [])
  }
}
