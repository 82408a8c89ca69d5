import Testing
import ZooArchive

@Suite struct ModelArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func whatIsWrittenIsRead() throws {
    let digest = try writeModel(folder("m.tar"), seed: 7)
    let archive = try ModelArchive.open(folder("m.tar"))
    #expect(archive.digest == digest)
    #expect(archive.manifest.name == "tiny")
    #expect(archive.manifest.licence == "Apache-2.0")
    #expect(
      archive.manifest.plugins == [
        Manifest.Plugin(id: "backbone-vit", kind: "backbone", version: "1.0")
      ])
    #expect(String(decoding: archive.config, as: UTF8.self) == "architecture: vit\n")
    #expect(try String(decoding: archive.data("CARD.md"), as: UTF8.self) == "# Tiny\n")
    #expect(archive.members(.golden).map(\.path) == ["golden/input.npy"])
    #expect(archive.weights.entries.map(\.name) == ["a.weight", "b.weight", "head.bias"])
    #expect(try archive.weights.floats("head.bias") == [7, 1, 2])
    #expect(archive.fileSize == (try contents(folder("m.tar")).count))
  }

  @Test func membersComeManifestFirstWeightsLast() throws {
    try writeModel(folder("m.tar"))
    let reader = try TarReader(folder("m.tar"))
    #expect(
      reader.members.map(\.name) == [
        "manifest.json", "CARD.md", "config.yaml", "golden/input.npy", "weights.safetensors",
      ])
  }

  @Test func theSameModelIsTheSameBytes() throws {
    try writeModel(folder("a.tar"))
    try writeModel(folder("b.tar"))
    #expect(try contents(folder("a.tar")) == contents(folder("b.tar")))
    try writeModel(folder("c.tar"), seed: 1)
    #expect(try contents(folder("a.tar")) != contents(folder("c.tar")))
  }

  /// The bytes are a promise to other machines and versions, not only to this one.
  @Test func theBytesStayTheSameOverVersions() throws {
    try writeModel(folder("m.tar"))
    let digest = try Digest.sha256(file: folder("m.tar"))
    #expect(digest == "44ce18fd5e9297a8c99c2b0223466d9be3e16e426a1edb8a92c1ae5474b6dcce")
  }

  @Test func weightsAreAlignedInTheTarFile() throws {
    try writeModel(folder("m.tar"))
    let weights = try ModelArchive.open(folder("m.tar")).weights
    #expect(weights.dataOffset % 64 == 0)
    #expect(try #require(weights.entry("a.weight")).range == 0..<64)
    #expect(try #require(weights.entry("b.weight")).range == 64..<192)
    #expect(try #require(weights.entry("head.bias")).range == 192..<204)
  }
}
