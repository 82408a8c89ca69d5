import FoundationEssentials
import Testing
import ZooArchive

/// Rounds of what takes long: few in `make test`, many in `make soak`.
func rounds(_ few: Int, soak: Int) -> Int {
  ProcessInfo.processInfo.environment["ZOO_SOAK"] == nil ? few : soak
}

extension Workshop {
  /// The store of the commands that run here.
  var store: Store { Store(root: path + "/.home") }

  /// Writes an archive of about `kilobytes`; `seed` changes its weights.
  @discardableResult
  func model(
    _ file: String, name: String, kilobytes: Int = 4, seed: Int = 0, tags: [String] = [],
    createdBy: String = "a test"
  ) throws -> String {
    let floats = (0..<(kilobytes * 256)).map { Float($0 % 977 + seed) }
    return try ModelArchiveWriter.write(
      to: path + "/" + file, name: name,
      members: [ArchiveMember("config.yaml", .config, text: "architecture: vit\n")],
      weights: [TensorSource(name: "a", floats: floats, shape: [floats.count])], licence: "Apache-2.0", tags: tags,
      provenance: Manifest.Provenance(zoo: "0.1.0", createdBy: createdBy),
      plugins: [
        Manifest.Plugin(id: "vit", kind: "backbone", version: "1.0"),
        Manifest.Plugin(id: "unheard-of", kind: "head", version: "2.1"),
      ])
  }

  /// Every listed model is whole.
  func expectWhole(_ store: Store, _ comment: Comment? = nil) throws {
    let (models, damaged) = try store.contents()
    #expect(damaged == [], comment)
    for model in models { #expect(try store.verify(store.find(model.reference)), comment) }
  }

  /// No archive that no model uses, no temporary file.
  func expectTidy(_ store: Store) throws {
    let listed = Set(try store.list().map(\.blob))
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: store.root + "/blobs")) == listed)
    #expect(try FileManager.default.contentsOfDirectory(atPath: store.root + "/tmp") == [])
  }
}
