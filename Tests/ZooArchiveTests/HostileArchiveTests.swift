import Testing
import ZooArchive

@Suite struct HostileArchiveTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func refusesTruncationAtEveryBlock() throws {
    try writeModel(folder("m.tar"))
    let whole = try contents(folder("m.tar"))
    for count in stride(from: 0, to: whole.count, by: 512) {
      try write(Array(whole[..<count]), folder("cut.tar"))
      #expect(throws: ArchiveError.self, "\(count) bytes") {
        try ModelArchive.open(folder("cut.tar"), verifyDigests: false)
      }
    }
    try write(whole + [0], folder("cut.tar"))
    #expect(throws: ArchiveError.self) { try ModelArchive.open(folder("cut.tar")) }
  }

  /// One bit of every byte, so that every kind of field is hit; the pad after a member and the blocks at the
  /// end too.
  @Test func refusesEveryFlippedBit() throws {
    try writeModel(folder("m.tar"))
    let whole = try contents(folder("m.tar"))
    let manifest = try #require(TarReader(folder("m.tar")).members.first)
    var accepted: [Int] = []
    for index in whole.indices {
      // The manifest is what everything else is checked against: a change in it that is still a manifest
      // makes another model, with another identity.
      if (manifest.dataOffset..<manifest.dataOffset + manifest.size).contains(index) { continue }
      try patch(folder("m.tar"), index, whole[index] ^ 1 << UInt8(index % 8))
      if (try? ModelArchive.open(folder("m.tar"))) != nil { accepted.append(index) }
      try patch(folder("m.tar"), index, whole[index])
    }
    #expect(accepted == [])
  }

  @Test func aFlippedBitInTheManifestIsRefusedOrChangesTheIdentity() throws {
    let digest = try writeModel(folder("m.tar"))
    let whole = try contents(folder("m.tar"))
    let manifest = try #require(TarReader(folder("m.tar")).members.first)
    for index in manifest.dataOffset..<manifest.dataOffset + manifest.size {
      try patch(folder("m.tar"), index, whole[index] ^ 1 << UInt8(index % 8))
      #expect((try? ModelArchive.open(folder("m.tar")))?.digest != digest)
      try patch(folder("m.tar"), index, whole[index])
    }
  }

  private static let members = """
    [{"path":"config.yaml","role":"config","size":2,"sha256":"CONFIG"},
    {"path":"weights.safetensors","role":"weights","size":10,"sha256":"WEIGHTS"}]
    """
  private static let provenance = #"{"parents":[],"zoo":"0.1","created_by":"test"}"#

  private static func manifest(
    schema: String = "zoo.archive/1", name: String = "tiny", licence: String = "MIT", plugins: String = "[]",
    provenance: String = provenance, members: String = members, more: String = ""
  ) -> String {
    """
    {"schema":"\(schema)","name":"\(name)","licence":"\(licence)","plugins":\(plugins),\
    "provenance":\(provenance),"members":\(members)\(more)}
    """
  }

  private static let one = #"[{"path":"a","role":"card","size":0,"sha256":"E"}]"#

  static let manifests: [(String, String)] = [
    ("{}", "manifest.json: schema is missing"),
    ("[]", "manifest.json: the file must be an object"),
    ("{", "manifest.json: line 1, column 2: the text ends too early"),
    (
      manifest(schema: "zoo.archive/2"),
      "manifest.json: schema \"zoo.archive/2\" is unknown; this version reads \"zoo.archive/1\""
    ),
    (manifest(more: ",\"licenc\":1"), "manifest.json: unknown key licenc; did you mean \"licence\"?"),
    (manifest(more: ",\"name\":\"b\""), "manifest.json: line 2, column 136: the key \"name\" occurs twice"),
    (
      manifest(name: "Tiny"),
      "manifest.json: name is \"Tiny\"; it must be a model name ([a-z0-9][a-z0-9._-]*)"
    ),
    (manifest(licence: ""), "manifest.json: licence is \"\"; it must be an SPDX expression"),
    (
      manifest(plugins: #"[{"id":"../x.so","kind":"head","version":"1"}]"#),
      "manifest.json: plugins.id is \"../x.so\"; it must be an id of letters, digits, '.', '_', '-'"
    ),
    (
      manifest(plugins: #"[{"id":"x","path":"/x.so"}]"#), "manifest.json: unknown key plugins[0].path"
    ),
    (manifest(provenance: "3"), "manifest.json: provenance must be an object"),
    (
      manifest(members: #"[{"path":"a","role":"virus","size":0}]"#),
      "manifest.json: \"a\" has the unknown role \"virus\"; roles: config, weights, card, licence, golden, "
        + "recipe, labels"
    ),
    (
      manifest(members: #"[{"path":"a","role":"card","size":-1}]"#),
      "manifest.json: members[0].size must be a whole number from 0 on"
    ),
    (
      manifest(members: #"[{"path":"a","role":"card","size":1,"sha256":"ab"}]"#),
      "manifest.json: members[0].sha256 is \"ab\"; it must be 64 small hexadecimal digits"
    ),
    (
      manifest(members: "[]"),
      "manifest.json: exactly one member must have the role config, and its path must be config.yaml"
    ),
  ]

  @Test(arguments: manifests.indices)
  func refusesManifest(_ index: Int) throws {
    let (text, expected) = Self.manifests[index]
    let path = folder("x.tar")
    let tar = try TarWriter(path)
    try tar.add("manifest.json", bytes: Array(fill(text).utf8))
    try tar.finish()
    #expect(message { _ = try ModelArchive.open(path) } == "\(path): \(expected)")
  }

  private func fill(_ text: String) -> String {
    var out = ""
    var rest = Substring(text)
    while let found = ["CONFIG", "WEIGHTS"].compactMap({ rest.firstRange(of: $0) }).min(by: {
      $0.lowerBound < $1.lowerBound
    }) {
      out += rest[..<found.lowerBound]
      out += Digest.sha256(rest[found] == "CONFIG" ? Array("a\n".utf8) : safetensors("{}"))
      rest = rest[found.upperBound...]
    }
    return out + rest
  }

  private func archive(_ members: [(String, [UInt8])]) throws -> String {
    let path = folder("x.tar")
    let tar = try TarWriter(path)
    for (name, bytes) in members { try tar.add(name, bytes: bytes) }
    try tar.finish()
    return path
  }

  @Test func theMembersMustBeThoseListed() throws {
    let manifest = ("manifest.json", Array(fill(Self.manifest()).utf8))
    let config = ("config.yaml", Array("a\n".utf8))
    let weights = ("weights.safetensors", safetensors("{}"))

    let path = try archive([manifest, config, weights])
    #expect(try ModelArchive.open(path).manifest.licence == "MIT")
    _ = try archive([manifest, config])
    #expect(
      message { _ = try ModelArchive.open(path) }
        == "\(path): weights.safetensors: listed in the manifest but not in the archive")
    _ = try archive([manifest, config, ("b", []), weights])
    #expect(
      message { _ = try ModelArchive.open(path) }
        == "\(path): b: in the archive but not listed in the manifest")
    _ = try archive([config, manifest, weights])
    #expect(
      message { _ = try ModelArchive.open(path) }
        == "\(path): not a model archive: the first member must be manifest.json")
    _ = try archive([manifest, ("config.yaml", Array("a\n\n".utf8)), weights])
    #expect(
      message { _ = try ModelArchive.open(path) } == "\(path): config.yaml: 3 bytes, the manifest says 2")
    _ = try archive([manifest, ("config.yaml", Array("b\n".utf8)), weights])
    #expect(
      message { _ = try ModelArchive.open(path) }
        == "\(path): config.yaml: damaged: SHA-256 is 0263829989b6…, the manifest says 87428fc52280…")
    #expect(throws: Never.self) { try ModelArchive.open(path, verifyDigests: false) }
  }

  @Test func membersAreReadUpToALimit() throws {
    try writeModel(folder("m.tar"))
    let path = folder("m.tar")
    let archive = try ModelArchive.open(path)
    #expect(
      message { _ = try archive.data("CARD.md", limit: 3) }
        == "\(path): CARD.md: 7 bytes; at most 3 are read here")
    #expect(
      message { _ = try archive.data("card.md") }
        == "\(path): card.md: there is no such member")
  }

  @Test func theWriterRefusesWhatTheReaderWould() throws {
    let path = folder("m.tar")
    #expect(
      message { try writeModel(path, name: "Bad Name") }
        == "\(path): manifest.json: name is \"Bad Name\"; it must be a model name ([a-z0-9][a-z0-9._-]*)")
    #expect(
      message {
        try ModelArchiveWriter.write(
          to: path, name: "a", members: [], weights: [], licence: "MIT",
          provenance: Manifest.Provenance(zoo: "0", createdBy: "test"), plugins: [])
      }
        == "\(path): manifest.json: exactly one member must have the role config, and its path must be "
        + "config.yaml")
    #expect(names(folder.path) == [])
  }

  @Test func gnuTarExtractsStandardMembers() throws {
    try writeModel(folder("m.tar"))
    guard status(of: ["tar", "--version"]) == 0 else { return }
    #expect(status(of: ["tar", "-C", folder.path, "-xf", folder("m.tar")]) == 0)
    let weights = try SafetensorsFile(path: folder("weights.safetensors"))
    #expect(try weights.floats("head.bias") == [0, 1, 2])
    #expect(try NpyArray.read(folder("golden/input.npy")).floats() == [1, 2, 3])
  }
}
