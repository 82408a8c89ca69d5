import FoundationEssentials
import Testing
import ZooArchive

@Suite("The store's commands")
struct LibraryTests {
  @Test func list() throws {
    let shop = try Workshop()
    #expect(
      try shop.zoo("list")
        == Outcome(code: 0, output: "", errors: "no models; install one with: zoo fetch-local FILE.tar\n"))
    let nine = try shop.model("a.tar", name: "vit-b9", tags: ["small", "new"]).prefix(12)
    let ten = try shop.model("b.tar", name: "vit-b10", kilobytes: 1000, tags: ["new"]).prefix(12)
    let bit = try shop.model("c.tar", name: "bit").prefix(12)
    try shop.done("fetch-local", ".")
    try shop.done("fetch-local", "c.tar", "--name", "vit-b9@2")
    let (one, two) = ("vit-b9@1      8.7 kB  \(nine)  small new\n", "vit-b9@2      8.7 kB  \(bit)\n")
    let three = "vit-b10@1     1.0 MB  \(ten)  new\n"
    #expect(try shop.done("list") == "bit@1         8.7 kB  \(bit)\n" + one + two + three)
    #expect(try shop.done("list", "vit-b?") == (one + two).replacing("     8", with: "    8"))
    #expect(try shop.done("list", "*@2", "vit-b1[0-9]").split(separator: "\n").count == 2)
    #expect(try shop.done("list", "--tag", "new").split(separator: "\n").count == 2)
    #expect(try shop.done("list", "--tag", "new", "--tag", "small").split(separator: "\n").count == 1)
    #expect(try shop.zoo("list", "x*") == Outcome(code: 0, output: "", errors: "no model matches\n"))
    let json = try JSONValue(parsing: shop.done("list", "vit-b10", "--json"), file: "list")
    #expect(json[0]?["name"] == "vit-b10")
    #expect(json[0]?["version"] == .int(1))
    #expect(json[0]?["tags"] == ["new"])
    #expect(json[1] == nil)
    #expect(try shop.done("list", "x", "--json") == "[]\n")
  }

  @Test func show() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.done("fetch-local", "tiny.tar")
    let shown = try shop.done("show", "tiny")
    let blob = try #require(try shop.store.list().first).blob
    for line in [
      "installed     tiny@1, \(blob)", "architecture  vit", "parameters    5440", "input         16×16, 3 channels",
      "licence       Apache-2.0", "size          28.7 kB",
    ] { #expect(shown.contains("\n\(line)\n"), "\(line)") }
    #expect(shown.contains("\nplugin        backbone 'vit' 1.0: found 1.0 (/"))
    #expect(shown.contains("\ncompute       0.00 GFLOP per image (0.00 GMAC)\n"))
    #expect(try !shop.done("show", "tiny.tar").contains("installed"))
    let json = try JSONValue(parsing: shop.done("show", "tiny", "--json"), file: "show")
    #expect(json["installed"]?["name"] == "tiny")
    #expect(json["plugins"]?[0]?["found"]?["version"] == "1.0")
    #expect(try #require(json["multiplyAdds"]?.number) > 1000)
  }

  @Test func tags() throws {
    let shop = try Workshop()
    let create = ["create", "--architecture", "vit", "--set", "depth=1", "--set", "width=16", "--set", "heads=2"]
    let sizes = ["--set", "mlp=16", "--set", "patch=8", "--set", "image=16"]
    let created = try shop.zoo(create + sizes + ["--tag", "small", "--tag", "test", "-o", "m.tar"])
    #expect(created.code == 0, "\(created.errors)")
    try shop.done("fetch-local", "m.tar")
    #expect(try shop.done("list", "--tag", "small").hasSuffix("  small test\n"))
    #expect(try shop.done("show", "m").contains("\ntags          small test\n"))
    #expect(
      try shop.refused(2, ["create", "--architecture", "vit", "--tag", "Big one", "-o", "n.tar"]).hasPrefix(
        "error: --tag Big one: small letters, digits, '.', '_' and '-', the first a letter or digit\n"))
  }

  @Test func removeAndGc() throws {
    let shop = try Workshop()
    try shop.model("a.tar", name: "a")
    try shop.model("b.tar", name: "a", seed: 1)
    try shop.done("fetch-local", "a.tar")
    try shop.done("fetch-local", "b.tar", "--name", "a@2")
    #expect(
      try shop.refused(2, "remove", "a") == "error: .home: \"a\" has versions 1 and 2; say which, such as a@2\n")
    #expect(try shop.done("remove", "a@1") == "removed a@1\n")
    #expect(try shop.done("gc") == "nothing to free\n")
    try shop.write(".home/tmp/install-0000000000000000", [UInt8](repeating: 0, count: 2000))
    try shop.write(".home/blobs/sha256-" + String(repeating: "0", count: 64), [UInt8](repeating: 0, count: 3000))
    let what = "5.0 kB: 1 archive that no model uses, 1 unfinished file\n"
    #expect(try shop.done("gc", "--dry-run") == "would free " + what)
    #expect(try shop.done("store", "verify").hasSuffix("1 model whole\n5.0 kB belong to no model; zoo gc frees them\n"))
    #expect(try shop.done("gc") == "freed " + what)
    #expect(
      try shop.done("gc", "--json") == "{\n  \"archives\": 0,\n  \"temporaries\": 0,\n  \"features\": 0,\n  \"bytes\": 0\n}\n")
    try shop.expectTidy(shop.store)
    #expect(try shop.done("remove", "a") == "removed a@2\n")
    #expect(try shop.refused(2, "remove", "a") == "error: .home: no model \"a\" in the store\n")
  }

  /// An archive's texts cannot move a terminal's cursor.
  @Test func controlCharactersAreNotPrinted() throws {
    let shop = try Workshop()
    try shop.model("a.tar", name: "a", createdBy: "one\u{1B}]0;owned\u{7}")
    let history = try shop.done("lineage", "a.tar")
    #expect(history.contains("one\u{FFFD}]0;owned\u{FFFD}"))
    #expect(!history.contains("\u{1B}") && !history.contains("\u{7}"))
  }

  @Test func storeVerify() throws {
    let shop = try Workshop()
    #expect(try shop.done("store", "verify") == "0 models whole\n")
    #expect(try shop.done("store", "path") == "\(shop.path)/.home\n")
    try shop.model("a.tar", name: "a")
    try shop.model("b.tar", name: "b", seed: 1)
    try shop.done("fetch-local", ".")
    #expect(try shop.done("store", "verify") == "a@1  8.7 kB  whole\nb@1  8.7 kB  whole\n2 models whole\n")
    let path = try shop.done("store", "path", "b").dropLast()
    #expect(path == shop.store.path(for: try shop.store.find("b")))
    var bytes = try shop.bytes("b.tar")
    bytes[5000] ^= 1
    try FileManager.default.removeItem(atPath: String(path))
    try Data(bytes).write(to: URL(filePath: String(path)))
    let outcome = try shop.zoo("store", "verify")
    #expect(outcome.code == 1)
    #expect(outcome.output == "a@1  8.7 kB  whole\n1 model whole, 1 damaged\n")
    #expect(outcome.errors.hasPrefix("error: b@1: \(path): weights.safetensors: damaged: SHA-256 is "))
    let json = try JSONValue(parsing: shop.zoo("store", "verify", "--json").output, file: "out")
    #expect(json[0]?["whole"] == true)
    #expect(json[1]?["whole"] == false)
    // Installing again mends it.
    #expect(try shop.done("fetch-local", "b.tar").hasPrefix("already installed: b@1"))
    try shop.done("store", "verify")
  }
}
