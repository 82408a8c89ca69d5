import Testing
import ZooArchive

/// Files that are not what they should be: exit code 1, nothing written.
@Suite("Bad files")
struct FileMistakeTests {
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    try shop.furnish()
    return shop
  }

  @Test func truncatedArchive() throws {
    let shop = try shop()
    let whole = try shop.bytes("tiny.tar")
    for (count, message) in [
      (20_000, "truncated tar file: 20000 bytes are not whole blocks of 512"),
      (20_480, "weights.safetensors: truncated tar file: the member has 23232 bytes, 16384 follow"),
      (0, "truncated tar file"),
    ] {
      try shop.write("cut.tar", Array(whole.prefix(count)))
      try shop.write("recipe.yaml", Workshop.recipe.replacing("tiny.tar", with: "cut.tar"))
      #expect(try shop.refused(1, "fetch-local", "cut.tar") == "error: cut.tar: \(message)\n")
      #expect(try shop.refused(1, "finetune", "recipe.yaml") == "error: cut.tar: \(message)\n")
    }
  }

  @Test func damagedArchive() throws {
    let shop = try shop()
    var bytes = try shop.bytes("tiny.tar")
    bytes[15_000] ^= 1
    try shop.write("bad.tar", bytes)
    let message = try shop.refused(1, "fetch-local", "bad.tar")
    #expect(message.hasPrefix("error: bad.tar: weights.safetensors: damaged: SHA-256 is "))
    #expect(message.split(separator: "\n").count == 1)
  }

  @Test func missingFiles() throws {
    let shop = try shop()
    #expect(
      try shop.refused(1, "fetch-local", "none.tar")
        == "error: none.tar: cannot open: No such file or directory\n")
    #expect(
      try shop.refused(1, "show", "none.tar") == """
        error: no archive at "none.tar"; taken as a path because it contains '/' or ends in .tar (a name in the store \
        does neither)

        """)
    #expect(
      try shop.refused(1, "forward", "tiny.tar", "--tensor", "x.npy", "--out", "out")
        == "error: x.npy: cannot open: No such file or directory\n")
  }

  @Test func weightsThatDoNotFit() throws {
    let shop = try shop()
    let file = try SafetensorsFile(path: Fixture.vit + "timm.safetensors")
    var sources = try file.entries.filter { $0.name != "norm.bias" && $0.name != "blocks.0.norm1.bias" }
      .map { try TensorSource(copying: $0.name, of: file) }
    sources.append(
      TensorSource(name: "blocks.0.norm1.bias", floats: Array(repeating: 0, count: 32), shape: [32]))
    sources.append(TensorSource(name: "dist_token", floats: [0], shape: [1]))
    try SafetensorsWriter.write(sources, to: shop.path + "/w.safetensors")
    let outcome = try shop.zoo(
      ["import", "--architecture", "vit", "--weights", "w.safetensors", "-o", "m.tar"] + Fixture.vitOptions)
    #expect(outcome.code == 1)
    #expect(
      outcome.errors == """
        error: w.safetensors: the arrays do not fit the architecture
          missing: norm.bias
          not wanted: dist_token
          of another shape: blocks.0.norm1.bias [32], wanted [64]

        """)
    #expect(!shop.files().contains("m.tar"))
  }

  @Test func imagesThatDoNotDecode() throws {
    let shop = try shop()
    try shop.done("finetune", "recipe.yaml", "-o", "run")
    let image = try shop.bytes("train/red/1.png")

    // Whole in its header, cut in its pixels: found when it is used.
    try shop.write("train/red/1.png", Array(image.prefix(60)))
    let training = try shop.refused(1, "finetune", "recipe.yaml", "-o", "runs/one")
    #expect(training.hasSuffix("\nerror: train/red/1.png: the PNG image is cut short\n"))
    try shop.write("train/red/1.png", image)

    // No image at all: found before the first step.
    try shop.write("test/blue/1.png", "hello")
    let message = "error: test/blue/1.png: not a JPEG, PNG or WebP image (starts with 68 65 6c 6c)\n"
    #expect(try shop.refused(1, "finetune", "recipe.yaml", "-o", "runs/one") == message)
    #expect(try shop.refused(1, "evaluate", "run/model.tar", "--data", "test") == message)
    #expect(try shop.refused(1, "predict", "run/model.tar", "test/red/0.png", "test/blue/1.png") == message)
    #expect(
      try shop.refused(1, "predict", "run/model.tar", "none.png")
        == "error: none.png: cannot be read: No such file or directory\n")
  }

  /// What was trained is kept when its last evaluation meets a broken image.
  @Test func anImageThatSpoilsTheLastEvaluation() throws {
    let shop = try shop()
    try shop.write("test/red/1.png", Array(try shop.bytes("test/red/1.png").prefix(60)))
    let outcome = try shop.zoo("finetune", "recipe.yaml", "-o", "run")
    #expect(outcome.code == 1)
    #expect(outcome.errors.hasSuffix("\nerror: test/red/1.png: the PNG image is cut short\n"))
    #expect(outcome.output == "wrote run/model.tar\n")
    try shop.done("verify", "run/model.tar")
    #expect(!shop.files().contains("run/metrics.jsonl.new"))
  }

  @Test func outputFolders() throws {
    let shop = try shop()
    try shop.done("finetune", "recipe.yaml")
    #expect(
      try shop.refused(1, "finetune", "recipe.yaml")
        == "error: runs/colours: already holds a run (model.tar); give another --output, or --overwrite\n")
    #expect(
      try shop.refused(1, "finetune", "recipe.yaml", "-o", "tiny.tar")
        == "error: tiny.tar: is not a folder; results go into one\n")
  }

  @Test func modelsWithoutAHead() throws {
    let shop = try shop()
    #expect(
      try shop.refused(1, "evaluate", "tiny.tar", "--data", "test")
        == "error: tiny: has no head; fine-tune it first\n")
    #expect(
      try shop.refused(1, "predict", "tiny.tar", "test/red/0.png")
        == "error: tiny: has no head; fine-tune it first\n")
  }
}
