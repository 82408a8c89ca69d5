import FoundationEssentials
import Testing
import ZooArchive

@Suite("fetch-local")
struct FetchLocalTests {
  /// What it says of an archive, the place of the plugin cut off.
  private func said(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.firstRange(of: "found 1.0 (").map { String(line[..<$0.upperBound]) + "…)" } ?? String(line)
    }.joined(separator: "\n")
  }

  private let needs = """
      not signed
      needs backbone 'vit' 1.0: found 1.0 (…)
      needs head 'unheard-of' 2.1: NOT FOUND on this machine

    """

  @Test func whatItSays() throws {
    let shop = try Workshop()
    let first = try shop.model("a.tar", name: "tiny").prefix(12)
    let second = try shop.model("b.tar", name: "tiny", seed: 1).prefix(12)
    #expect(try said(shop.done("fetch-local", "a.tar")) == "installed tiny@1 (8.7 kB, \(first))\n" + needs)
    #expect(try said(shop.done("fetch-local", "a.tar")) == "already installed: tiny@1 (8.7 kB, \(first))\n" + needs)
    #expect(
      try shop.refused(1, "fetch-local", "b.tar")
        == "error: .home: the store already has another model \"tiny@1\"; replace it (--replace) or choose another name "
        + "or version (--name tiny@2)\n")
    #expect(
      try said(shop.done("fetch-local", "b.tar", "--name", "tiny@2")) == "installed tiny@2 (8.7 kB, \(second))\n"
        + needs)
    #expect(
      try said(shop.done("fetch-local", "a.tar"))
        == "already installed: tiny@1 (8.7 kB, \(first))\n  'tiny' alone means tiny@2\n" + needs)
    #expect(
      try said(shop.done("fetch-local", "a.tar", "--name", "tiny@2", "--replace"))
        == "replaced tiny@2 (8.7 kB, \(first))\n" + needs)
    let json = try JSONValue(
      parsing: shop.done("fetch-local", "b.tar", "--name", "tiny@2", "--replace", "--json"), file: "out")
    #expect(json[0]?["model"]?["version"] == .int(2))
    #expect(json[0]?["change"] == "replaced")
    #expect(json[0]?["plugins"]?[0]?["found"]?["version"] == "1.0")
    #expect(json[0]?["plugins"]?[1]?["found"] == .null)
    try shop.expectTidy(shop.store)
  }

  @Test func aFolder() throws {
    let shop = try Workshop()
    try shop.write("set/notes.txt", "not an archive")
    let last = try shop.model("set/m10.tar", name: "last").prefix(12)
    let first = try shop.model("set/m2.tar", name: "first").prefix(12)
    try shop.write("set/m3.tar", Array(try shop.bytes("set/m2.tar").prefix(5120)))
    let outcome = try shop.zoo("fetch-local", "set")
    #expect(outcome.code == 1)
    #expect(
      said(outcome.output)
        == "installed first@1 (8.7 kB, \(first))\n" + needs + "installed last@1 (8.7 kB, \(last))\n" + needs)
    #expect(
      outcome.errors == """
        error: set/m3.tar: weights.safetensors: truncated tar file: the member has 4224 bytes, 2048 follow
        1 of 3 archives were not installed

        """)
    #expect(
      try shop.refused(2, "fetch-local", "set", "--name", "x").hasPrefix(
        "error: --name is for a single archive; set holds 3\n"))
    #expect(try shop.refused(1, "fetch-local", ".") == "error: .: no archives (*.tar) in this folder\n")
  }

  @Test func standardInputAndAddresses() throws {
    let shop = try Workshop()
    let digest = try shop.model("an archive.tar", name: "tiny").prefix(12)
    let piped = try shop.shell("cat 'an archive.tar' | $ZOO fetch-local -")
    #expect(said(piped.output) == "installed tiny@1 (8.7 kB, \(digest))\n" + needs)
    #expect(
      try said(shop.done("fetch-local", "file://\(shop.path)/an%20archive.tar"))
        == "already installed: tiny@1 (8.7 kB, \(digest))\n" + needs)
    try shop.expectTidy(shop.store)

    for (script, message) in [
      ("head -c 6000 'an archive.tar'", "truncated tar file: 6000 bytes are not whole blocks of 512"),
      ("head -c 7680 'an archive.tar'", "truncated tar file: the two empty blocks at the end are missing"),
      ("true", "truncated tar file"),
      ("seq 1 100000", "not an uncompressed tar file"),
      ("gzip < 'an archive.tar'", "not an uncompressed tar file"),
      ("tar -cf - 'an archive.tar'", "not a model archive: the first member must be manifest.json"),
    ] {
      let outcome = try shop.shell("\(script) | $ZOO fetch-local - --name other")
      #expect(outcome == Outcome(code: 1, output: "", errors: "error: standard input: \(message)\n"), "\(script)")
    }
    try shop.expectTidy(shop.store)
    #expect(try shop.store.list().count == 1)
  }

  /// A damaged archive is refused with the digest that is wrong, however it comes.
  @Test func aFlippedBit() throws {
    let shop = try Workshop()
    try shop.model("a.tar", name: "tiny")
    var bytes = try shop.bytes("a.tar")
    bytes[5000] ^= 1
    try shop.write("a.tar", bytes)
    let message = "weights.safetensors: damaged: SHA-256 is "
    #expect(try shop.refused(1, "fetch-local", "a.tar").hasPrefix("error: a.tar: \(message)"))
    let piped = try shop.shell("$ZOO fetch-local - < a.tar")
    #expect(piped.code == 1 && piped.errors.hasPrefix("error: standard input: \(message)"))
    try shop.expectTidy(shop.store)
  }
}
