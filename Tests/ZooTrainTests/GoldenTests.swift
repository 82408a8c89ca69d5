import Testing
import ZooArchive
import ZooEngine
import ZooTrain

@Suite("Golden outputs") struct GoldenTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The transformer of the fixtures, written with its golden outputs.
  private func write(_ name: String = "m.tar") throws -> (ModelArchive, Model) {
    let model = try Reference.all[0].model()
    try model.write(to: scratch.file(name), name: "m", createdBy: "test", golden: try Golden(model))
    return (try ModelArchive.open(scratch.file(name)), try Model.open(scratch.file(name), plugins: plugins))
  }

  /// The archive again with other members and weights.
  private func rewrite(
    _ archive: ModelArchive, _ change: (ArchiveMember) throws -> ArchiveMember?,
    weights: (TensorEntry) throws -> [Float]? = { _ in nil }
  ) throws -> ModelArchive {
    let members = try archive.manifest.members.filter { $0.role != .weights }.compactMap {
      try change(ArchiveMember($0.path, $0.role, try archive.data($0.path)))
    }
    let sources = try archive.weights.entries.map { entry in
      try weights(entry).map { TensorSource(name: entry.name, floats: $0, shape: entry.shape) }
        ?? TensorSource(copying: entry.name, of: archive.weights)
    }
    try ModelArchiveWriter.write(
      to: scratch.file("n.tar"), name: "m", members: members, weights: sources, licence: "MIT",
      provenance: archive.manifest.provenance, plugins: archive.manifest.plugins)
    return try ModelArchive.open(scratch.file("n.tar"))
  }

  @Test func whatTheyAre() throws {
    let (archive, _) = try write()
    #expect(
      archive.members(.golden).map(\.path) == [
        "golden/input.npy", "golden/label.logits.npy", "golden/pooled.npy",
      ])
    let input = try NpyArray.read(archive.data("golden/input.npy"), origin: "input")
    #expect(input.dtype == .u8)
    #expect(input.shape == [1, 32, 32, 3])
    // Bytes of every height: an image that tests nothing would be flat.
    #expect(Set(input.bytes()).count > 200)
    #expect(try NpyArray.read(archive.data("golden/label.logits.npy"), origin: "logits").shape == [1, 10])
    #expect(try NpyArray.read(archive.data("golden/pooled.npy"), origin: "pooled").shape == [1, 64])
  }

  /// By the format's description alone: bytes to numbers, through the model, to the outputs.
  @Test func theyAreWhatTheModelComputes() throws {
    let (archive, model) = try write()
    let input = try NpyArray.read(archive.data("golden/input.npy"), origin: "input")
    let image = input.bytes().map { Float((Double($0) / 255 - 0.5) / 0.5) }
    let inference = try Inference(model, engine: Engine(), batch: 1)
    try inference.run(image)
    let wanted = try NpyArray.read(archive.data("golden/label.logits.npy"), origin: "logits").floats()
    #expect(relative(try inference.output("label.logits", count: 1).values, wanted) < 1e-5)
  }

  @Test func theSameModelGivesTheSameBytes() throws {
    _ = try write("a.tar")
    _ = try write("b.tar")
    #expect(try scratch.bytes("a.tar") == scratch.bytes("b.tar"))
  }

  @Test(arguments: engines) func everyEngineReproducesThem(_ choice: EngineChoice) throws {
    let (archive, model) = try write()
    let check = try GoldenCheck(archive, model, engine: Engine(choice))
    #expect(check.outputs.map(\.name) == ["label.logits", "pooled"])
    #expect(check.failed.isEmpty)
    #expect(check.tolerance == 1e-3)
    #expect(check.outputs.allSatisfy { $0.error < 1e-5 })
  }

  @Test func otherWeightsDoNot() throws {
    let (archive, _) = try write()
    let changed = try rewrite(archive, { $0 }) { entry in
      guard entry.name == "norm.weight" else { return nil }
      return try archive.weights.floats(entry.name).map { $0 * 1.01 }
    }
    let model = try Model.open(changed.path, plugins: plugins)
    let check = try GoldenCheck(changed, model, engine: Engine())
    #expect(check.failed.map(\.name).contains("pooled"))
    #expect(check.outputs.allSatisfy { $0.error < 0.1 })
  }

  @Test func numbersThatAreMissing() throws {
    let (archive, model) = try write()
    let changed = try rewrite(
      archive,
      { member in
        guard member.path == "golden/pooled.npy" else { return member }
        var values = try NpyArray.read(member.bytes, origin: "pooled").floats()
        values[3] = .nan
        return ArchiveMember(member.path, .golden, try NpyArray.encode(floats: values, shape: [1, 64]))
      })
    #expect(try GoldenCheck(changed, model, engine: Engine()).failed.map(\.name) == ["pooled"])
  }

  @Test func archivesThatCannotBeCompared() throws {
    let (archive, model) = try write()
    func refused(_ change: (ArchiveMember) throws -> ArchiveMember?) throws -> String {
      let changed = try rewrite(archive, change)
      return scratch.failure { _ = try GoldenCheck(changed, model, engine: Engine()) }
    }
    #expect(
      try refused { $0.role == .golden ? nil : $0 }
        == "n.tar: holds no golden outputs, so there is nothing to compare with")
    #expect(try refused { $0.path == "golden/pooled.npy" ? nil : $0 } == "n.tar: holds no golden output 'pooled'")
    #expect(
      try refused { member in
        guard member.path == "golden/pooled.npy" else { return member }
        return ArchiveMember("golden/other.npy", .golden, member.bytes)
      } == "n.tar: golden/other.npy: the model has no such output")
    #expect(
      try refused { member in
        guard member.path == Golden.inputPath else { return member }
        let input = try NpyArray.encode(bytes: [0, 0, 0], dtype: .u8, shape: [1, 1, 1, 3])
        return ArchiveMember(member.path, .golden, input)
      } == "n.tar: golden/input.npy: must be u8 [1, 32, 32, 3], the size of the model's input")
    #expect(
      try refused { member in
        guard member.path == "golden/pooled.npy" else { return member }
        return ArchiveMember(member.path, .golden, [1, 2, 3])
      }.hasPrefix("n.tar: golden/pooled.npy: "))
  }
}
