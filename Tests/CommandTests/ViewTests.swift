import Testing
import ZooArchive

/// Archives taken apart, put together and compared.
@Suite("Unpack, pack, diff")
struct ViewTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.furnish()
    return shop
  }

  @Test func roundTrip() throws {
    let shop = try shop()
    let digest = try ModelArchive.open(shop.path + "/tiny.tar").digest.prefix(12)
    #expect(try shop.done("unpack", "tiny.tar", "-o", "u") == "wrote u: 3 members of tiny (\(digest))\n")
    #expect(try shop.done("pack", "u", "-o", "n.tar") == "wrote n.tar: tiny (\(digest))\n")
    #expect(try shop.bytes("n.tar") == shop.bytes("tiny.tar"))
    #expect(try shop.refused(1, "unpack", "tiny.tar", "-o", "u") == "error: u: already exists; give another --output\n")
  }

  @Test func edits() throws {
    let shop = try shop()
    try shop.done("unpack", "tiny.tar", "-o", "u")
    try shop.write("u/CARD.md", "# Mine\n")
    #expect(try shop.done("pack", "u", "-o", "n.tar").hasSuffix(", edited\n"))
    #expect(try shop.done("lineage", "n.tar").contains("\n└─ tiny, "))
    // The golden outputs of what it is now.
    try shop.done("verify", "n.tar", "--numeric")

    // A config that the weights do not fit makes no archive.
    try shop.write("u/config.yaml", try shop.text("u/config.yaml").replacing("mlp: 32", with: "mlp: 64"))
    let message = try shop.refused(1, "pack", "u", "-o", "o.tar")
    #expect(message.hasPrefix("error: u: cannot be packed: u: the arrays do not fit the architecture\n"))
  }

  @Test func differences() throws {
    let shop = try shop()
    #expect(
      try shop.done("diff", "tiny.tar", "tiny.tar", "--exit-code") == "weights: 18 tensors, 18 equal, 0 different\n")
    try shop.done("finetune", "recipe.yaml", "-o", "run")
    let lines = try shop.done("diff", "tiny.tar", "run/model.tar").split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(3) == [
        "name: tiny → colours", "plugins.head.linear: none → 1.0",
        #"preprocessing[0]: none → {"resize":{"mode":"square","filter":"bilinear"}}"#,
      ])
    #expect(lines.contains("heads.colour.classes: none → 2"))
    #expect(lines.contains("  heads.colour.weight      only in the second"))
    #expect(lines.last == "  … 10 more (--all)")
    let all = try shop.done("diff", "tiny.tar", "run/model.tar", "--all")
    #expect(all.contains("\n  norm.bias                  distance not comparable\n"))
    let outcome = try shop.zoo("diff", "tiny.tar", "run/model.tar", "--exit-code", "--json")
    #expect(outcome.code == 1)
    #expect(outcome.errors == "")
    let json = try JSONValue(parsing: outcome.output, file: "diff")
    #expect(json["equal"] == .bool(false))
    #expect(json["weights"]?.array?.count == 20)
  }

  @Test func labels() throws {
    let shop = try shop()
    try shop.done("finetune", "recipe.yaml", "-o", "run")
    try shop.done("unpack", "run/model.tar", "-o", "u")
    try shop.write("u/config.yaml", try shop.text("u/config.yaml").replacing("[blue, red]", with: "[green, blue]"))
    try shop.done("pack", "u", "-o", "n.tar", "--no-golden")
    #expect(
      try shop.done("diff", "run/model.tar", "n.tar") == """
        labels of head 'colour': 1 new (green), 1 gone (red)
        weights: 20 tensors, 20 equal, 0 different

        """)
  }

  /// Nobody's file is replaced unasked, in the same words everywhere.
  @Test func outputsThatExist() throws {
    let shop = try shop()
    try shop.done("unpack", "tiny.tar", "-o", "u")
    try shop.done("key", "new", "-o", "me")
    try shop.write("there.tar", "mine")
    try shop.write("out/config.json", "mine")
    let commands = [
      ["create", "--architecture", "vit-b16", "-o", "there.tar"],
      ["import", "none.npz", "--architecture", "vit-b16", "-o", "there.tar"],
      ["pack", "u", "-o", "there.tar"],
      ["sign", "tiny.tar", "--key", "me.key", "-o", "there.tar"],
    ]
    for command in commands {
      #expect(
        try shop.refused(1, command) == "error: there.tar: already exists; give another --output, or --overwrite\n")
    }
    #expect(
      try shop.refused(1, "export", "tiny.tar", "--to", "timm", "-o", "out")
        == "error: out/config.json: already exists; give another --output, or --overwrite\n")
    #expect(try shop.text("there.tar") == "mine")
    #expect(try shop.refused(1, "pack", "u", "-o", "train") == "error: train: is a folder; --output must name a file\n")
    try shop.done("pack", "u", "-o", "there.tar", "--overwrite")
    #expect(try shop.bytes("there.tar") == shop.bytes("tiny.tar"))
    try shop.done("export", "tiny.tar", "--to", "timm", "-o", "out", "--overwrite")
  }
}
