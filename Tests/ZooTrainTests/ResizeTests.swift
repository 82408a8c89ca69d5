import FoundationEssentials
import Testing
import ZooArchive
import ZooRecipe
import ZooTrain

@Suite("Position embeddings at another image size")
struct ResizeTests {
  private let vit = Reference.all[0]

  private func fixture(_ name: String) throws -> [Float] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try NpyArray.read(tests.appending(path: "Fixtures/resize/\(name).npy").path).floats()
  }

  /// Against scipy's zoom and timm's two, to a larger grid and to a smaller one.
  @Test(arguments: PositionResize.allCases, [8, 3]) func rules(_ rule: PositionResize, _ size: Int) throws {
    let resized = rule.resize(try fixture("grid"), from: 5, to: size, width: 6)
    #expect(relative(resized, try fixture("\(rule.rawValue)-\(size)")) < 1e-6)
  }

  @Test func toASinglePatchAndBack() {
    for rule in PositionResize.allCases {
      #expect(rule.resize([1, 2], from: 1, to: 3, width: 2) == Array(repeating: [1, 2], count: 9).flatMap { $0 })
    }
    #expect(PositionResize.official.resize([1, 2, 3, 4], from: 2, to: 1, width: 1) == [1])
    #expect(PositionResize.timmNpz.resize([1, 2, 3, 4], from: 2, to: 1, width: 1) == [2.5])
  }

  @Test(arguments: PositionResize.allCases) func atImport(_ rule: PositionResize) throws {
    let found = try vit.found(vit.file("official.npz"), ["image=56"], resize: rule)
    #expect(found.notes == [SourceNote("positions", "resized from 4×4 to 7×7, rule \(rule.rawValue)")])
    #expect(found.config.input.height == 56)
    let (before, after) = (try vit.model().store.values("pos_embed"), try found.load().store.values("pos_embed"))
    #expect(after.prefix(64) == before.prefix(64))
    #expect(Array(after[64...]) == rule.resize(Array(before[64...]), from: 4, to: 7, width: 64))
  }

  /// A file made for another size than the architecture's own keeps it, unless another is asked for.
  @Test func theFileSaysItsSize() throws {
    let path = vit.file("timm.safetensors")
    let found = try CheckpointImport(
      path, architecture: "vit", options: PluginOptions(settings: vit.options.filter { !$0.hasPrefix("image") }),
      headName: "label", licence: "Apache-2.0", plugins: plugins)
    #expect(found.notes == [SourceNote("image", "32 pixels, by the file's 4×4 positions")])
    #expect(try parameters(found.load()) == parameters(vit.model()))
  }

  /// Against timm's.
  @Test(arguments: [8, 3]) func patchKernels(_ size: Int) throws {
    let resize = try #require(PatchResize(from: 5, to: size))
    #expect(relative(resize.resize(try fixture("kernels")), try fixture("kernels-\(size)")) < 1e-5)
  }

  /// The image stays, so the grid of patches follows.
  @Test func anotherPatchSize() throws {
    let options = vit.options.filter { !$0.hasPrefix("image") && !$0.hasPrefix("patch") } + ["image=32", "patch=16"]
    let found = try CheckpointImport(
      vit.file("official.npz"), architecture: "vit", options: PluginOptions(settings: options), headName: "label",
      licence: "Apache-2.0", plugins: plugins)
    #expect(
      found.notes == [
        SourceNote("positions", "resized from 4×4 to 2×2, rule official"),
        SourceNote("patches", "kernels of 8×8 pixels resized to 16×16"),
      ])
    let kernel = try vit.model().store.values("patch_embed.proj.weight")
    #expect(
      try found.load().store.values("patch_embed.proj.weight") == PatchResize(from: 8, to: 16)?.resize(kernel))
  }

  private func recipe(_ size: String) -> String {
    """
    model: m.tar
    input: {\(size)}
    tasks:
      label: {train: {format: tensors, x: x.npy, labels: x-labels.npy, classes: 10}}
    train: {steps: 1, batch: 2, optimizer: {kind: sgd, rate: 0.01}}

    """
  }

  @Test func inARecipe() throws {
    let scratch = try Scratch()
    try vit.model().write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    try scratch.tensors("x", labels: [1, 2], size: 48)
    let model = try scratch.prepare(recipe("size: 48")).model
    let (before, after) = (try vit.model().store.values("pos_embed"), try model.store.values("pos_embed"))
    #expect(Array(after[64...]) == PositionResize.official.resize(Array(before[64...]), from: 4, to: 6, width: 64))
    #expect(model.heads.map(\.name) == ["label"])
    // The archive that comes out is for the new size.
    try model.write(to: scratch.file("n.tar"), name: "n", createdBy: "test")
    let opened = try Model.open(scratch.file("n.tar"), plugins: plugins)
    #expect(opened.config.input.height == 48)
    #expect(opened.config.source.last == SourceNote("positions", "resized for 48 pixels, rule official"))
    #expect(try opened.store.values("pos_embed") == after)
  }

  @Test func aRectangleInARecipe() throws {
    let scratch = try Scratch()
    try vit.model().write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    try scratch.tensors("x", labels: [1, 2], size: 48)
    #expect(
      scratch.failure { _ = try scratch.prepare(recipe("height: 48, width: 32")) }
        == "backbone 'vit': takes square images, not 48×32")
  }
}
