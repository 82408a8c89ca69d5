import Testing
import ZooArchive

@Suite("Provenance") struct ProvenanceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func digest(_ letter: Character) -> String { String(repeating: letter, count: 64) }

  private func write(_ provenance: Manifest.Provenance) throws {
    try ModelArchiveWriter.write(
      to: folder("m.tar"), name: "m", members: [ArchiveMember("config.yaml", .config, text: "a: b\n")],
      weights: [TensorSource(name: "w", floats: [1], shape: [1])], licence: "MIT", provenance: provenance, plugins: [])
  }

  private var full: Manifest.Provenance {
    Manifest.Provenance(
      parents: [Manifest.Parent(name: "b", digest: digest("b"))],
      ancestors: [
        Manifest.Ancestor(
          name: "b", digest: digest("b"), licence: "MIT", recipe: digest("1"), createdBy: "zoo finetune",
          parents: [digest("c")]),
        Manifest.Ancestor(name: "c", digest: digest("c")),
      ],
      recipe: digest("2"),
      data: [Manifest.DataSet(task: "label", use: "train", examples: 7, listing: digest("3"))], zoo: "0.1.0",
      createdBy: "zoo finetune")
  }

  @Test func whatIsWrittenIsRead() throws {
    try write(full)
    let archive = try ModelArchive.open(folder("m.tar"))
    #expect(archive.manifest.provenance == full)
    let history = archive.manifest.history(digest: archive.digest)
    #expect(history.map(\.name) == ["m", "b", "c"])
    #expect(history[0].parents == [digest("b")])
    #expect(history[0].licence == "MIT")
  }

  /// Archives written before histories were kept.
  @Test func parentsWithoutHistory() throws {
    var provenance = full
    provenance.ancestors = []
    try write(provenance)
    let archive = try ModelArchive.open(folder("m.tar"))
    #expect(
      archive.manifest.history(digest: archive.digest).dropFirst()
        == [Manifest.Ancestor(name: "b", digest: digest("b"))])
  }

  @Test func historiesThatMakeNoSense() throws {
    func refused(_ change: (inout Manifest.Provenance) -> Void) -> String {
      var provenance = full
      change(&provenance)
      return message { try write(provenance) }.replacing("\(folder("m.tar")): manifest.json: ", with: "")
    }
    let (b, c) = (digest("b"), digest("c"))
    #expect(
      refused { $0.ancestors.removeLast() }
        == "parents.digest is \"\(c)\"; it must be described under provenance.ancestors, after its children")
    #expect(
      refused { $0.ancestors[1].parents = [b] }
        == "provenance.ancestors.parents is \"c\"; it must be of models further down the list, so that time runs back")
    #expect(refused { $0.ancestors[1].digest = b } == "provenance.ancestors.digest \"\(b)\" occurs twice")
    #expect(
      refused { $0.ancestors[0].parents = [] }
        == "provenance.ancestors.digest is \"\(c)\"; it must be a parent of the model or of an ancestor before it")
    #expect(
      refused { $0.ancestors[0].licence = "a\u{1B}[2J" }.hasPrefix("provenance.ancestors.licence is \"a\\u{1b}[2J\"; "))
    #expect(refused { $0.ancestors[0].name = "../b" }.hasPrefix("provenance.ancestors.name is \"../b\"; "))
    #expect(
      refused { provenance in
        provenance.ancestors = (0...1000).map { index in
          let text = String(index)
          return Manifest.Ancestor(name: "b", digest: String(repeating: "0", count: 64 - text.count) + text)
        }
      } == "provenance.ancestors is \"1001 entries\"; it must be a list of at most 1000")
  }

  @Test func memberPathsThatAreFoldersOfOthers() throws {
    #expect(
      message {
        try ModelArchiveWriter.write(
          to: folder("m.tar"), name: "m",
          members: [
            ArchiveMember("config.yaml", .config, text: "a: b\n"), ArchiveMember("golden", .golden, []),
            ArchiveMember("golden/x", .golden, []),
          ], weights: [], licence: "MIT", provenance: full, plugins: [])
      }
        == "\(folder("m.tar")): manifest.json: members.path is \"golden/x\"; it must be in no folder that is a member itself"
    )
  }

  /// What was shipped stays readable.
  @Test func theShippedArchiveOpens() throws {
    let archive = try ModelArchive.open(fixtures + "/../../Zoo/glyph-bit.tar")
    #expect(archive.manifest.name == "glyph-bit")
    #expect(archive.manifest.provenance.ancestors.isEmpty)
    #expect(archive.signatures.isEmpty)
    #expect(archive.weights.dataOffset % 64 == 0)
  }
}
