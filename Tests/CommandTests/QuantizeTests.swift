import FoundationEssentials
import Testing
import ZooArchive

@Suite("zoo quantize")
struct QuantizeCommandTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Handwritten digits: what 10 labels of each class teach is still known in int8.
  @Test func digits() throws {
    let shop = try Workshop()
    let (root, data) = (Self.root, Self.root + "/Zoo/data/digits")
    try shop.done(
      "finetune", root + "/Recipes/digits.yaml", "--set", "model=\(root)/Zoo/glyph-bit.tar", "--set",
      "tasks.digit.train.limit-per-class=10", "--set", "train.steps=40", "--set", "tasks.digit.evaluate=null", "--output",
      "run", "--threads", "1")
    let made = try JSONValue(
      parsing: shop.done(
        "quantize", "run/model.tar", "--data", data + "-train.tar", "--images", "64", "--test", data + "-test.tar",
        "--test-images", "200", "-o", "q.tar", "--json", "--threads", "1"), file: "quantize")
    #expect(made["weights"]?.array?.count == 12)
    let output = try #require(made["outputs"]?[0])
    let (before, after) = (
      try #require(output["top-1_before"]?.number), try #require(output["top-1"]?.number)
    )
    #expect(before > 0.8)
    #expect(abs(before - after) <= 0.01)
    #expect(try #require(output["agreement"]?.number) > 0.97)
    #expect(
      try #require(made["bytes"]?["after"]?.number) * 3 < #require(made["bytes"]?["before"]?.number))

    #expect(try shop.done("show", "q.tar").contains("\nquantised     12 weights in int8, ranges by mse over 64 images\n"))
    #expect(try shop.done("verify", "q.tar", "--numeric").contains("digit.logits: differs by "))
    let measured = try JSONValue(
      parsing: shop.done("evaluate", "q.tar", "--data", data + "-test.tar", "--json", "--threads", "1"), file: "evaluate")
    #expect(try #require(measured["top-1"]?.number) > 0.8)
    let bench = try JSONValue(
      parsing: shop.done("bench", "q.tar", "--batch", "2", "--repeats", "1", "--json", "--threads", "1"), file: "bench")
    #expect(try #require(bench["images_per_second"]?.number) > 0)
    // It cannot be trained, and an output is not replaced unasked.
    let trained = try shop.zoo(
      "finetune", root + "/Recipes/digits.yaml", "--set", "model=\(shop.path)/q.tar", "--output", "run2")
    #expect(trained.code == 1)
    #expect(trained.errors.contains("is quantised to int8: it can be used, but not trained; take digits for that"))
    let again = try shop.zoo("quantize", "run/model.tar", "--data", data + "-train.tar", "-o", "q.tar")
    #expect(again.code == 1)
    #expect(again.errors.contains("q.tar: already exists"))
  }

  @Test func wrongUse() throws {
    let shop = try Workshop()
    try shop.furnish()
    for (arguments, words) in [
      (["--images", "0"], "--images must be at least 1"), (["--migration", "2"], "--migration must be from 0 to 1"),
      (["--range", "wide"], "--range"), (["--keep", "depth x"], "--keep depth x"),
      (["--keep", "blocks.9.*"], "no parameter of the model matches 'blocks.9.*'"),
    ] {
      let outcome = try shop.zoo(["quantize", "tiny.tar", "--data", "test", "-o", "q.tar"] + arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!shop.files().contains("q.tar"))
  }
}
