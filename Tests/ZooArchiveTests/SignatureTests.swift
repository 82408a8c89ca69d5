import FoundationEssentials
import Testing
import ZooArchive

@Suite("Signatures") struct SignatureTests {
  let folder: TemporaryFolder
  let key: SigningKey

  init() throws {
    folder = try TemporaryFolder()
    key = try SigningKey(seed: Array(0..<32))
    try writeModel(folder("m.tar"))
  }

  private func sign(_ key: SigningKey, _ from: String = "m.tar", to: String) throws {
    try ModelArchive.open(folder(from)).sign(with: key, to: folder(to))
  }

  /// The first test vector of RFC 8032, section 7.1: what others' tools call this key.
  @Test func keysAreThoseOfTheStandard() throws {
    let seed: [UInt8] = [
      0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
      0x69,
      0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    ]
    #expect(
      try SigningKey(seed: seed).publicKey.hex == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
  }

  @Test func signingAddsAMemberAndChangesNothingElse() throws {
    try sign(key, to: "s.tar")
    let (plain, signed) = try (ModelArchive.open(folder("m.tar")), ModelArchive.open(folder("s.tar")))
    #expect(signed.digest == plain.digest)
    #expect(plain.signatures.isEmpty)
    #expect(signed.signatures.map(\.key) == [key.publicKey])
    let (before, after) = try (TarReader(folder("m.tar")), TarReader(folder("s.tar")))
    #expect(after.members.map(\.name) == ["manifest.json", "manifest.sig"] + before.members.dropFirst().map(\.name))
    for member in before.members {
      #expect(try after.bytes(of: after.required(member.name)) == before.bytes(of: member))
    }
    #expect(signed.weights.dataOffset % 64 == 0)
  }

  @Test func signingInPlaceAndAgain() throws {
    try sign(key, to: "s.tar")
    try sign(key, "s.tar", to: "s.tar")
    let once = try contents(folder("s.tar"))
    try sign(key, to: "t.tar")
    #expect(try contents(folder("t.tar")) == once)

    let other = SigningKey()
    try sign(other, "s.tar", to: "s.tar")
    try sign(other, to: "u.tar")
    try sign(key, "u.tar", to: "u.tar")
    #expect(try contents(folder("s.tar")) == contents(folder("u.tar")))
    #expect(try ModelArchive.open(folder("s.tar")).signatures.count == 2)
  }

  @Test func aKeyThatIsAskedFor() throws {
    try sign(key, to: "s.tar")
    let (other, plain) = (SigningKey().publicKey, try ModelArchive.open(folder("m.tar")))
    let signed = try ModelArchive.open(folder("s.tar"))
    try signed.requireSignature(by: [other, key.publicKey])
    let name = "\(other.hex.prefix(12))…"
    #expect(
      message { try signed.requireSignature(by: [other]) }
        == "\(folder("s.tar")): not signed by key \(name); it is signed by \(key.publicKey.hex.prefix(12))…")
    #expect(
      message { try plain.requireSignature(by: [other]) }
        == "\(folder("m.tar")): not signed by key \(name); it is not signed at all")
  }

  /// The signature of another model, however genuine, says nothing of this one.
  @Test func aSignatureOfAnotherManifestIsRefused() throws {
    try writeModel(folder("n.tar"), seed: 1)
    try sign(key, to: "s.tar")
    try sign(key, "n.tar", to: "n.tar")
    let (s, n) = try (TarReader(folder("s.tar")), TarReader(folder("n.tar")))
    let tar = try TarWriter(folder("x.tar"))
    for member in s.members {
      let source = member.name == ArchiveSignature.path ? n : s
      try tar.add(member.name, bytes: source.bytes(of: source.required(member.name)))
    }
    try tar.finish()
    let refusal =
      "\(folder("x.tar")): manifest.sig: wrong signature by key \(key.publicKey.hex.prefix(12))…: the manifest is not what was signed"
    #expect(message { _ = try ModelArchive.open(folder("x.tar")) } == refusal)
    let store = Store(root: folder("store"))
    #expect(message { try store.put(folder("x.tar")) } == refusal)
    #expect(try store.list().isEmpty)
  }

  /// Every bit of the signatures counts, and of the manifest they cover.
  @Test func noBitCanBeChanged() throws {
    try sign(key, to: "s.tar")
    let whole = try contents(folder("s.tar"))
    let reader = try TarReader(folder("s.tar"))
    for name in [ArchiveSignature.path, Manifest.path] {
      let member = try reader.required(name)
      for offset in stride(from: member.dataOffset, to: member.dataOffset + member.size, by: 7) {
        var bytes = whole
        bytes[offset] ^= 1
        try write(bytes, folder("x.tar"))
        #expect(message { _ = try ModelArchive.open(folder("x.tar")) } != "no error", "\(name), byte \(offset)")
      }
    }
  }

  static let malformed: [(String, String)] = [
    ("{}", "schema is missing"),
    (#"{"schema":"zoo.signature/2","signatures":[]}"#, #"malformed signatures: schema must be "zoo.signature/1""#),
    (#"{"schema":"zoo.signature/1","signatures":[]}"#, "malformed signatures: there must be 1 to 16"),
    (
      #"{"schema":"zoo.signature/1","signatures":[],"by":"me"}"#, #"unknown key by"#
    ),
    (
      #"{"schema":"zoo.signature/1","signatures":[{"algorithm":"rsa","key":"","signature":""}]}"#,
      "malformed signatures: the algorithm must be ed25519"
    ),
    (
      #"{"schema":"zoo.signature/1","signatures":[{"algorithm":"ed25519","key":"AB","signature":""}]}"#,
      "malformed signatures: key must be 64 small hexadecimal digits"
    ),
  ]

  @Test(arguments: malformed.indices) func malformedSignatures(_ index: Int) throws {
    let (text, expected) = Self.malformed[index]
    let source = try TarReader(folder("m.tar"))
    let tar = try TarWriter(folder("x.tar"))
    for (place, member) in source.members.enumerated() {
      if place == 1 { try tar.add(ArchiveSignature.path, bytes: Array(text.utf8)) }
      try tar.add(member.name, bytes: source.bytes(of: member))
    }
    try tar.finish()
    #expect(message { _ = try ModelArchive.open(folder("x.tar")) } == "\(folder("x.tar")): manifest.sig: \(expected)")
  }

  @Test func signaturesElsewhereAreNoneOfTheArchive() throws {
    try sign(key, to: "s.tar")
    let source = try TarReader(folder("s.tar"))
    let tar = try TarWriter(folder("x.tar"))
    for member in source.members where member.name != ArchiveSignature.path {
      try tar.add(member.name, bytes: source.bytes(of: member))
    }
    try tar.add(ArchiveSignature.path, bytes: source.bytes(of: source.required(ArchiveSignature.path)))
    try tar.finish()
    #expect(
      message { _ = try ModelArchive.open(folder("x.tar")) }
        == "\(folder("x.tar")): manifest.sig: in the archive but not listed in the manifest")
  }

  @Test func keyFiles() throws {
    try key.write(stem: folder("me"))
    #expect(try SigningKey(path: folder("me.key")).publicKey == key.publicKey)
    #expect(try PublicKey(path: folder("me.pub")) == key.publicKey)
    let mode = try FileManager.default.attributesOfItem(atPath: folder("me.key"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let before = try contents(folder("me.key"))
    #expect(
      message { try SigningKey().write(stem: folder("me")) }
        == "\(folder("me.key")): already exists; a key is never overwritten")
    #expect(try contents(folder("me.key")) == before)
    #expect(
      message { _ = try SigningKey(path: folder("me.pub")) } == """
        \(folder("me.pub")): not a key file: it must hold one line, "zoo.private-key/1 ed25519 " and 64 small hexadecimal \
        digits (a private key)
        """)
  }

  @Test func trustedKeys() throws {
    let store = Store(root: folder("store"))
    #expect(try store.trustedKeys().keys.isEmpty)
    try store.trustedKeys().add(key.publicKey, named: "alice")
    try store.trustedKeys().add(key.publicKey, named: "alice")
    let trusted = try store.trustedKeys()
    #expect(trusted.name(of: key.publicKey) == "alice")
    #expect(trusted.name(of: SigningKey().publicKey) == nil)
    #expect(
      message { try trusted.add(SigningKey().publicKey, named: "alice") }
        == "\(folder("store/trust/alice.pub")): already exists; a key is never overwritten")
    #expect(message { try trusted.add(key.publicKey, named: "../x") }.contains("is not a name for a key"))
    // A damaged key must not silently be one less.
    try write(Array("hello".utf8), folder("store/trust/bob.pub"))
    #expect(message { _ = try store.trustedKeys() }.hasPrefix("\(folder("store/trust/bob.pub")): not a key file"))
  }

  /// Another implementation agrees that it is an Ed25519 signature of the manifest's bytes.
  @Test(.enabled(if: status(of: ["openssl", "version"]) == 0, "openssl is not installed"))
  func opensslAgrees() throws {
    try sign(key, to: "s.tar")
    let archive = try ModelArchive.open(folder("s.tar"))
    try write(archive.data(Manifest.path), folder("manifest.json"))
    let signature = try #require(archive.signatures.first)
    try write(signature.bytes, folder("sig"))
    // SubjectPublicKeyInfo of RFC 8410.
    try write(
      [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00] + key.publicKey.bytes, folder("k.der"))
    let command = [
      "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder("k.der"), "-rawin", "-in",
      folder("manifest.json"), "-sigfile", folder("sig"),
    ]
    #expect(status(of: command) == 0)
    try write(Array("{}".utf8), folder("manifest.json"))
    #expect(status(of: command) != 0)
  }
}
