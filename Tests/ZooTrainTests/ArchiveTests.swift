import Testing
import ZooArchive
import ZooEngine
import ZooRecipe
import ZooTrain

@Suite("Models as archives")
struct ArchiveTests {
  @Test(arguments: Reference.all) func readingGivesBackWhatWasWritten(_ reference: Reference) throws {
    let scratch = try Scratch()
    let model = try reference.model()
    try model.write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    let again = try Model.open(scratch.file("m.tar"), plugins: plugins)
    // Heads are bound to the trunk as they are written.
    let trunk = try #require(again.config.trunk)
    var config = model.config
    (config.trunk, config.heads[0].trunk) = (trunk, trunk)
    #expect(again.config == config)
    #expect(again.store.entries.map(\.spec) == model.store.entries.map(\.spec))
    #expect(try parameters(again) == parameters(model))
    #expect(try logits(again) == logits(model))
    #expect(scratch.names == ["m.tar"])

    try again.write(to: scratch.file("n.tar"), name: "m", createdBy: "test")
    let (first, second) = try (
      ModelArchive.open(scratch.file("m.tar")), ModelArchive.open(scratch.file("n.tar"))
    )
    #expect(second.manifest.provenance.parents == [Manifest.Parent(name: "m", digest: first.digest)])
    #expect(first.manifest.provenance.parents.isEmpty)
  }

  /// Random images of the archive's own size.
  private func logits(_ model: Model) throws -> [Float] {
    let input = model.config.input
    let small = model.config.architecture == "bit" ? 64 : input.height
    let inference = try Inference(
      model, engine: Engine(threads: 1), batch: 2, size: .init(height: small, width: small))
    try inference.run(noise(2 * small * small * 3, seed: 5))
    return try inference.output("label.logits", count: 2).values
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let scratch = try Scratch()
    for (name, seed) in [("a.tar", 1), ("b.tar", 1), ("c.tar", 2)] {
      let model = try Model.create(
        architecture: "vit", options: PluginOptions(settings: Reference.all[0].options), seed: seed,
        plugins: plugins)
      try model.write(to: scratch.file(name), name: "m", createdBy: "test")
    }
    #expect(try scratch.bytes("a.tar") == scratch.bytes("b.tar"))
    #expect(try scratch.bytes("a.tar") != scratch.bytes("c.tar"))
  }

  /// The arrays of an archive must be those of its architecture, all of them and no other.
  @Test func arraysThatDoNotFitTheConfig() throws {
    let scratch = try Scratch()
    let model = try Reference.all[0].model()
    try model.write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    let archive = try ModelArchive.open(scratch.file("m.tar"))
    let left = ["norm.bias", "heads.label.bias"]
    var weights = try archive.weights.entries.filter { !left.contains($0.name) }.map {
      try TensorSource(copying: $0.name, of: archive.weights)
    }
    weights.append(TensorSource(name: "heads.label.bias", floats: [1, 2], shape: [2]))
    weights.append(TensorSource(name: "other", floats: [1], shape: [1]))
    try ModelArchiveWriter.write(
      to: scratch.file("bad.tar"), name: "bad",
      members: [ArchiveMember(Manifest.configPath, .config, archive.config)], weights: weights,
      licence: "Apache-2.0", provenance: archive.manifest.provenance, plugins: archive.manifest.plugins)
    #expect(
      scratch.failure { _ = try Model.open(scratch.file("bad.tar"), plugins: plugins) } == """
        bad.tar: the arrays do not fit the architecture
          missing: norm.bias
          not wanted: other
          of another shape: heads.label.bias [2], wanted [10]
        """)
  }

  @Test func licencesAndTheRecipeAreCarriedAlong() throws {
    let scratch = try Scratch()
    let model = try Model.importing(
      Reference.all[0].file("timm.safetensors"), architecture: "vit",
      options: try PluginOptions(settings: Reference.all[0].options), headName: "label", licence: "CC-BY-4.0",
      plugins: plugins)
    try model.write(to: scratch.file("m.tar"), name: "m", recipe: "a: b\n", createdBy: "test")
    let archive = try ModelArchive.open(scratch.file("m.tar"))
    #expect(archive.manifest.licence == "CC-BY-4.0")
    #expect(archive.manifest.provenance.recipe == Digest.sha256(Array("a: b\n".utf8)))
    #expect(try archive.data("recipe.yaml") == Array("a: b\n".utf8))
    let card = String(decoding: try archive.data("CARD.md"), as: UTF8.self)
    #expect(card.contains("- head `label`: linear, 10 classes\n- licence: CC-BY-4.0\n"))
  }
}
