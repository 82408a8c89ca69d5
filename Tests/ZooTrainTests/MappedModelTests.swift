import FoundationEssentials
import Testing
import ZooArchive
import ZooEngine
import ZooTrain

@Suite("Models whose weights are mapped")
struct MappedModelTests {
  private func logits(_ model: Model, packs: Bool) throws -> [Float] {
    let input = model.config.input
    let inference = try Inference(
      model, engine: Engine(threads: 1), batch: 2, packs: packs, size: .init(height: input.height, width: input.width))
    try inference.run(noise(2 * input.height * input.width * 3, seed: 5))
    return try inference.output("label.logits", count: 2).values
  }

  private func written(_ scratch: Scratch) throws -> String {
    try Reference.all[0].model().write(to: scratch.file("m.tar"), name: "m", createdBy: "test")
    return scratch.file("m.tar")
  }

  @Test func outlivesItsFileAndComputesTheSame() throws {
    let scratch = try Scratch()
    let path = try written(scratch)
    let copied = try Model.open(path, plugins: plugins)
    let mapped = try Model.open(path, plugins: plugins, mapped: true)
    #expect(copied.store.mappedBytes == 0)
    #expect(mapped.store.mappedBytes > 0)
    try FileManager.default.removeItem(atPath: path)
    #expect(try parameters(mapped) == parameters(copied))
    let want = try logits(copied, packs: true)
    #expect(try logits(mapped, packs: true) == want)
    #expect(try relative(logits(mapped, packs: false), want) < 1e-4)
  }

  @Test func writingLeavesTheArchiveAlone() throws {
    let scratch = try Scratch()
    let path = try written(scratch)
    let before = try scratch.bytes("m.tar")
    let model = try Model.open(path, plugins: plugins, mapped: true)
    for entry in model.store.entries { try model.store.set(entry.spec.name, [Float](repeating: 1, count: entry.count)) }
    #expect(model.store.mappedBytes == 0)
    #expect(try scratch.bytes("m.tar") == before)
  }

  /// An archive is hashed when it is opened; a model of the store when it is installed, and by `store verify`.
  @Test func whenDigestsAreChecked() throws {
    let scratch = try Scratch()
    let path = try written(scratch)
    let store = Store(root: scratch.file("store"))
    _ = try store.install(from: ArchiveSource.file(path))
    let installed = try store.find("m")
    let weights = try ModelArchive.open(path).weights
    for file in [path, store.path(for: installed)] {
      var bytes = try Data(contentsOf: URL(filePath: file))
      bytes[weights.dataOffset + 3] ^= 1
      try bytes.write(to: URL(filePath: file), options: .atomic)
    }
    for mapped in [true, false] {
      #expect(throws: ArchiveError.self) {
        _ = try Model.open(.path(path), in: store, plugins: plugins, mapped: mapped)
      }
    }
    #expect(try Model.open(.installed(installed), in: store, plugins: plugins).store.mappedBytes > 0)
    #expect(throws: ArchiveError.self) { _ = try store.verify(installed) }
  }
}
