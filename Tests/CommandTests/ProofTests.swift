import Testing
import ZooArchive

/// Archives that prove themselves, through the commands alone.
@Suite("Verify, sign, lineage")
struct ProofTests {
  static let options = ["width=16", "depth=1", "heads=2", "mlp=32", "patch=8", "image=16"].flatMap { ["--set", $0] }
  static let create = ["create", "--architecture", "vit"] + options

  private func shop() throws -> Workshop {
    let shop = try Workshop()
    #expect(try shop.zoo(Self.create + ["-o", "m.tar"]).output == "wrote m.tar: vit, 5440 parameters\n")
    return shop
  }

  /// Two processes in other folders, with other masks, zones and languages.
  @Test func theSameBytesWhereverTheyAreMade() throws {
    let shop = try shop()
    try shop.write("sub/x", "")
    let elsewhere = "umask 077 && cd sub && TZ=Asia/Tokyo LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 OMP_NUM_THREADS=1"
    #expect(try shop.zoo(Self.create + ["-o", "m.tar"], after: elsewhere).code == 0)
    #expect(try shop.bytes("sub/m.tar") == shop.bytes("m.tar"))
  }

  @Test func verify() throws {
    let shop = try shop()
    let digest = try ModelArchive.open(shop.path + "/m.tar").digest.prefix(12)
    #expect(try shop.done("verify", "m.tar") == "m: 5 members, all digests right (\(digest))\nnot signed\n")
    let lines = try shop.done("verify", "m.tar", "--numeric").split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[2].hasPrefix("pooled: differs by ") && lines[2].hasSuffix(" of its largest value, at most 0.001 allowed"))
    #expect(lines[3].hasSuffix(" computes the golden outputs"))

    #expect(try shop.zoo(Self.create + ["--no-golden", "-o", "n.tar"]).code == 0)
    let without = try shop.zoo("verify", "n.tar", "--numeric")
    #expect(without.code == 1)
    #expect(without.errors == "error: n.tar: holds no golden outputs, so there is nothing to compare with\n")
  }

  @Test func wrongOutputs() throws {
    let shop = try shop()
    try shop.done("unpack", "m.tar", "-o", "u")
    let golden = try NpyArray.read(shop.path + "/u/golden/pooled.npy")
    try NpyArray.write(
      path: shop.path + "/u/golden/pooled.npy", floats: golden.floats().map { $0 + 0.1 }, shape: golden.shape)
    try shop.done("pack", "u", "-o", "n.tar")
    let outcome = try shop.zoo("verify", "n.tar", "--numeric")
    #expect(outcome.code == 1)
    #expect(outcome.errors.hasPrefix("error: n.tar: "))
    #expect(outcome.errors.hasSuffix(" computes other outputs than the golden ones: pooled\n"))
  }

  @Test func signing() throws {
    let shop = try shop()
    let made = try shop.done("key", "new", "-o", "me")
    let key = try PublicKey(path: shop.path + "/me.pub").hex.prefix(12)
    #expect(made == "wrote me.key (keep it secret) and me.pub: key \(key)\n")
    #expect(
      try shop.refused(1, "key", "new", "-o", "me") == "error: me.key: already exists; a key is never overwritten\n")
    let digest = try ModelArchive.open(shop.path + "/m.tar").digest.prefix(12)
    #expect(try shop.done("sign", "m.tar", "--key", "me.key") == "signed m.tar: m (\(digest)), key \(key)\n")
    let sound = "m: 5 members, all digests right (\(digest))\n"
    #expect(try shop.done("verify", "m.tar") == sound + "signed by an unknown key (key \(key))\n")
    #expect(try shop.done("verify", "m.tar", "--key", "me.pub") == sound + "signed by me.pub (key \(key))\n")
    #expect(
      try shop.done("key", "trust", "me.pub", "--name", "alice")
        == "trusting alice (key \(key)); to stop, remove \(shop.path)/.home/trust/alice.pub\n")
    #expect(try shop.done("verify", "m.tar") == sound + "signed by alice (trusted, key \(key))\n")
    #expect(try shop.done("fetch-local", "m.tar").contains("\n  signed by alice (trusted, key \(key))\n"))
    #expect(try shop.done("key", "list").hasPrefix("alice  \(key)"))

    try shop.done("key", "new", "-o", "other")
    let other = try PublicKey(path: shop.path + "/other.pub").hex.prefix(12)
    let outcome = try shop.zoo("verify", "m.tar", "--key", "other.pub")
    #expect(outcome.code == 1)
    #expect(outcome.errors == "error: m.tar: not signed by key \(other)…; it is signed by \(key)…\n")
    #expect(
      try shop.refused(1, "sign", "m.tar", "--key", "me.pub").hasPrefix("error: me.pub: not a key file: "))
  }

  @Test func aWrongSignatureIsRefusedEverywhere() throws {
    let shop = try shop()
    try shop.done("key", "new", "-o", "me")
    try shop.done("sign", "m.tar", "--key", "me.key")
    let member = try TarReader(shop.path + "/m.tar").required(ArchiveSignature.path)
    var bytes = try shop.bytes("m.tar")
    // A digit of the signature, which ends 19 bytes before the member does.
    let place = member.dataOffset + member.size - 30
    bytes[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
    try shop.write("bad.tar", bytes)
    let key = try PublicKey(path: shop.path + "/me.pub").hex.prefix(12)
    let refusal =
      "error: bad.tar: manifest.sig: wrong signature by key \(key)…: the manifest is not what was signed\n"
    #expect(try shop.refused(1, "verify", "bad.tar") == refusal)
    #expect(try shop.refused(1, "fetch-local", "bad.tar") == refusal)
    #expect(try shop.refused(1, "show", "bad.tar") == refusal)
    #expect(try shop.refused(1, "sign", "bad.tar", "--key", "me.key") == refusal)
  }

  @Test func lineage() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("fetch-local", "tiny.tar")
    try shop.done("finetune", "recipe.yaml", "-o", "one")
    try shop.done("finetune", "recipe.yaml", "-o", "two", "--set", "model=one/model.tar", "--set", "name=again")
    let archives = try ["two/model.tar", "one/model.tar", "tiny.tar"].map {
      try ModelArchive.open(shop.path + "/" + $0)
    }
    let digests = archives.map { $0.digest.prefix(12) }
    let recipes = archives.map { $0.manifest.provenance.recipe ?? "" }
    let data = archives[0].manifest.provenance.data
    #expect(
      try shop.done("lineage", "two/model.tar") == """
        again, \(digests[0]), Apache-2.0, zoo finetune
        │  recipe \(recipes[0].prefix(12)) (recipe.yaml)
        │  data colour, train: 6 examples, listing \(data[0].listing.prefix(12))
        │  data colour, evaluate: 4 examples, listing \(data[1].listing.prefix(12))
        └─ colours, \(digests[1]), Apache-2.0, zoo finetune, not in the store
           │  recipe \(recipes[1].prefix(12)) (recipes/\(recipes[1]).yaml)
           └─ tiny, \(digests[2]), Apache-2.0, zoo create, in the store as tiny@1
        licences: Apache-2.0

        """)
    let json = try JSONValue(parsing: shop.done("lineage", "two/model.tar", "--json"), file: "lineage")
    #expect(json["models"]?.array?.map { $0["name"]?.string } == ["again", "colours", "tiny"])
    #expect(json["models"]?[2]?["store"]?.string == "tiny@1")
    #expect(json["models"]?[1]?["store"] == .null)
    #expect(json["licences"] == ["Apache-2.0"])
    try shop.done("verify", "two/model.tar", "--numeric")
  }
}
