import Testing
import ZooArchive

@Suite("The main job, from a model to predictions")
struct MainJobTests {
  @Test func fromCreateToPredict() throws {
    let shop = try Workshop()
    try shop.furnish()

    let fetched = try shop.done("fetch-local", "tiny.tar").split(separator: "\n").map(String.init)
    let digest = try ModelArchive.open(shop.path + "/tiny.tar").digest
    #expect(fetched.first == "installed tiny@1 (28.7 kB, \(digest.prefix(12)))")
    #expect(fetched.last?.hasPrefix("  needs backbone 'vit' 1.0: found 1.0 (") == true)
    #expect(try shop.done("list") == "tiny@1    28.7 kB  \(digest.prefix(12))\n")
    #expect(try shop.done("list", "t*y") == shop.done("list"))
    let list = try JSONValue(parsing: shop.done("list", "--json"), file: "list")
    #expect(list[0]?["name"]?.string == "tiny")

    // By its name in the store from here on.
    try shop.write("recipe.yaml", Workshop.recipe.replacing("tiny.tar", with: "tiny"))
    let before = shop.files()
    #expect(
      try shop.done("finetune", "recipe.yaml") == """
        wrote runs/colours/model.tar
        step 12, colour: top-1 100.00 %  mean-per-class 100.00 %  f1-macro 100.00 %  auc 100.00 %  \
        calibration-error 0.00 %  loss 0.0000  images 4
        wrote runs/colours/report.html

        """)
    #expect(
      shop.files().filter { !before.contains($0) } == [
        "runs", "runs/colours", "runs/colours/events.out.tfevents.zoo", "runs/colours/metrics.jsonl",
        "runs/colours/model.tar", "runs/colours/report.html",
      ])
    try metrics(shop.text("runs/colours/metrics.jsonl"))
    try archive(shop, parent: digest)
    try use(shop)
  }

  private func metrics(_ text: String) throws {
    let lines = try text.split(separator: "\n").map {
      try JSONValue(parsing: String($0), file: "metrics.jsonl")
    }
    #expect(lines.count == 13)
    for (index, line) in lines.prefix(12).enumerated() {
      #expect(line["step"]?.int == Int64(index + 1))
      #expect(line["lr"]?.number == 0.1)
      #expect(try #require(line["loss"]?.number) < 1)
      #expect(try #require(line["images_per_second"]?.number) > 0)
    }
    let last = try #require(lines.last)
    #expect(last["step"]?.int == 12)
    #expect(last["task"]?.string == "colour")
    #expect(last["evaluation"]?["top-1"]?.number == 1)
    #expect(last["evaluation"]?["images"] == .int(4))
  }

  private func archive(_ shop: Workshop, parent: String) throws {
    let archive = try ModelArchive.open(shop.path + "/runs/colours/model.tar")
    let manifest = archive.manifest
    #expect(manifest.name == "colours")
    #expect(manifest.licence == "Apache-2.0")
    #expect(manifest.provenance.parents == [Manifest.Parent(name: "tiny", digest: parent)])
    #expect(manifest.provenance.recipe == Digest.sha256(try archive.data("recipe.yaml")))
    #expect(manifest.plugins.map(\.id) == ["vit", "linear"])
    let config = String(decoding: archive.config, as: UTF8.self)
    #expect(config.contains("    labels: [blue, red]\n"))
    #expect(config.contains("\npreprocessing:\n  - resize:\n      mode: square\n      filter: bilinear\n"))
    #expect(
      try shop.done("show", "runs/colours/model.tar").contains(
        "\nhead          colour: linear, 2 classes (blue, red)\n"))
    let shown = try JSONValue(parsing: shop.done("show", "runs/colours/model.tar", "--json"), file: "show")
    #expect(shown["heads"]?[0]?["classes"]?.int == 2)
    #expect(shown["manifest"]?["provenance"]?["parents"]?[0]?["digest"]?.string == parent)
  }

  private func use(_ shop: Workshop) throws {
    try shop.done("fetch-local", "runs/colours/model.tar")
    #expect(
      try shop.done("evaluate", "colours", "--data", "test") == """
        top-1 100.00 %  mean-per-class 100.00 %  f1-macro 100.00 %  auc 100.00 %  calibration-error 0.00 %  \
        loss 0.0000  images 4
          blue  100.0 %  (2 of 2)
          red   100.0 %  (2 of 2)

        """)
    let measured = try JSONValue(
      parsing: shop.done("evaluate", "colours", "--data", "test", "--json"), file: "out")
    #expect(measured["top-1"]?.number == 1)
    #expect(measured["images"] == .int(4))
    #expect(measured["head"]?.string == "colour")
    #expect(measured["confusion"] == [[2, 0], [0, 2]])

    #expect(
      try shop.done("predict", "colours", "test/red/0.png", "test/blue/1.png", "--top", "1") == """
        test/red/0.png
          100.0 %  red
        test/blue/1.png
          100.0 %  blue

        """)
    let line = try JSONValue(
      parsing: shop.done("predict", "colours", "test/blue/0.png", "--json"), file: "out")
    #expect(line["image"]?.string == "test/blue/0.png")
    #expect(line["head"]?.string == "colour")
    #expect(line["answers"]?[0]?["label"]?.string == "blue")

    try NpyArray.write(
      path: shop.path + "/x.npy", floats: Array(repeating: 0.5, count: 2 * 3 * 256), shape: [2, 3, 16, 16])
    let written = try shop.done("forward", "colours", "--tensor", "x.npy", "--out", "out")
    #expect(written.contains("out/features.npy  [2, 16]\n"))
    #expect(try NpyArray.read(shop.path + "/out/logits.npy").shape == [2, 2])
    #expect(try shop.bytes("out/logits.npy") == shop.bytes("out/colour.logits.npy"))

    #expect(
      try shop.refused(1, "forward", "colours", "--tensor", "x.npy", "--out", "out").hasSuffix(
        ".npy: already exists; give another --out, or --overwrite\n"))
    try shop.done("forward", "colours", "--tensor", "x.npy", "--out", "out", "--overwrite")

    try shop.done("remove", "colours")
    #expect(
      try shop.refused(2, "predict", "colours", "test/red/0.png").hasPrefix(
        "error: .home: no model \"colours\""))
  }

  /// The reference's checkpoint in, its features and logits out, through the commands alone.
  @Test func importAndForward() throws {
    let shop = try Workshop()
    let imported = try shop.zoo(
      ["import", "--architecture", "vit", "--weights", Fixture.vit + "timm.safetensors", "-o", "m.tar"]
        + Fixture.vitOptions)
    #expect(imported.output.hasSuffix(", head 'label' with 10 classes\n"))
    try shop.done("forward", "m.tar", "--tensor", Fixture.vit + "input.npy", "--out", "out")
    for name in ["features", "logits"] {
      let got = try NpyArray.read(shop.path + "/out/\(name).npy")
      let want = try NpyArray.read(Fixture.vit + name + ".npy")
      #expect(got.shape == want.shape)
      let largest = try want.floats().reduce(0) { max($0, abs($1)) }
      for (got, want) in zip(try got.floats(), try want.floats()) {
        #expect(abs(got - want) < 1e-4 * largest)
      }
    }
  }
}
