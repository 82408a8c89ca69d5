import Foundation
import Testing

/// Recipes of the repository.
private let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Recipes").path

@Suite("Plans")
struct PlanTests {
  private static let ruled = """
    model: {architecture: bit-r50x1}
    heads: {label: {}}
    tasks: {label: {train: {format: folder, path: nowhere}}}
    train: {rule: bit-hyperrule}

    """

  private func trace(_ examples: Int, _ size: String) throws -> [String] {
    let shop = try Workshop()
    try shop.write("recipe.yaml", Self.ruled)
    let text = try shop.done(
      "plan", "recipe.yaml", "--trace", "--assume-examples", "\(examples)", "--assume-size", size)
    #expect(shop.files() == ["recipe.yaml"])
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func traceOfSmallData() throws {
    #expect(
      try trace(19_999, "95x97") == [
        "rule    bit-hyperrule: 19,999 examples of 95 x 97 pixels, so small", "steps   500 of 512",
        "images  resize 160, crop 128 random, flip 0.5", "mixup   none", "",
        "     step  rate", "        0  0           first step", "        1  0.00003", "       99  0.00297",
        "      100  0.003       end of the warm-up", "      101  0.003", "      199  0.003",
        "      200  0.003       milestone: falls after it", "      201  0.0003", "      299  0.0003",
        "      300  0.0003      milestone: falls after it", "      301  0.00003", "      399  0.00003",
        "      400  0.00003     milestone: falls after it", "      401  0.000003", "      498  0.000003",
        "      499  0.000003    last step", "",
      ])
  }

  @Test(arguments: [
    (20_000, "96x96", "medium", "resize 512, crop 480 random, flip 0.5", [500, 3000, 6000, 9000], 10_000),
    (499_999, "95x96", "medium", "resize 160, crop 128 random, flip 0.5", [500, 3000, 6000, 9000], 10_000),
    (500_000, "96x96", "large", "resize 512, crop 480 random, flip 0.5", [500, 6000, 12_000, 18_000], 20_000),
  ])
  func traceOfMore(
    _ examples: Int, _ size: String, _ scale: String, _ images: String, _ knots: [Int], _ steps: Int
  ) throws {
    let shop = try Workshop()
    try shop.write("recipe.yaml", Self.ruled)
    let lines = try trace(examples, size)
    #expect(lines[0].hasSuffix("so \(scale)"))
    #expect(lines[2] == "images  " + images)
    #expect(lines[3] == "mixup   alpha 0.1, within the batch")
    let text = try shop.done(
      "plan", "recipe.yaml", "--trace", "--json", "--assume-examples", "\(examples)", "--assume-size", size)
    let plan = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(plan["steps"] as? Int == steps)
    let lineList = try #require(plan["knots"] as? [[String: Any]])
    let rates = Dictionary(
      uniqueKeysWithValues: lineList.compactMap { line -> (Int, Double)? in
        guard let step = line["step"] as? Int, let rate = line["rate"] as? Double else { return nil }
        return (step, rate)
      })
    func near(_ step: Int, _ rate: Double) -> Bool { rates[step].map { abs($0 - rate) <= 1e-12 * rate } ?? false }
    #expect(rates[0] == 0 && near(1, 0.003 / 500) && near(499, 0.003 * 499 / 500))
    for (falls, knot) in knots.enumerated() {
      let before = 0.003 / [1, 1, 10, 100][falls]
      if falls > 0 { #expect(near(knot - 1, before)) }
      #expect(near(knot, before) && near(knot + 1, 0.003 / [1, 10, 100, 1000][falls]), "\(knot)")
    }
    #expect(rates.keys.max() == steps - 1)
  }

  @Test func ofARun() throws {
    let shop = try Workshop()
    try shop.furnish()
    let before = shop.files()
    let text = try shop.done("plan", "recipe.yaml", "--set", "train.micro-batch=2")
    #expect(shop.files() == before)
    for line in [
      "data    colour, train: 6 examples in train, 18 x 20 to 20 x 18, median ",
      "          2 classes: blue 3, red 3", "        colour, evaluate: 4 examples in test",
      "steps   12 of 4 in micro-batches of 2: 48 images, 8.0 epochs of the largest set",
      "writes  runs/colours/model.tar (", "  model: tiny.tar ", "    batch: 4 ",
    ] { #expect(text.contains("\n\(line)"), "\(line)\n\(text)") }
    for origin in ["# recipe.yaml:10", "# --set train.micro-batch=2", "# default"] { #expect(text.contains(origin)) }
  }

  @Test func unreadableFilesAreCountedAndEndNothing() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("train/red/broken.png", "no image")
    let text = try shop.done("plan", "recipe.yaml")
    #expect(text.contains("1 unreadable:\n"))
    #expect(text.contains("broken.png: not "), "\(text)")
  }

  /// Milestones in epochs become steps by the data.
  @Test func traceOfMilestonesInEpochs() throws {
    let shop = try Workshop()
    let schedule = "{kind: step, warmup: 10, milestone-epochs: [2, 4]}"
    try shop.write("recipe.yaml", Workshop.recipe.replacing("steps: 12", with: "epochs: 5\n  schedule: \(schedule)"))
    let lines = try shop.done("plan", "recipe.yaml", "--trace", "--assume-examples", "401").split(separator: "\n")
    // 101 batches of 4.
    #expect(lines[0] == "steps   505 of 4")
    #expect(lines.contains("      202  0.1         milestone: falls after it") && lines.contains("      203  0.01"))
    #expect(lines.contains("      404  0.01        milestone: falls after it") && lines.contains("      405  0.001"))
    let both = schedule.replacing("}", with: ", milestones: [7]}")
    try shop.write("recipe.yaml", Workshop.recipe.replacing("steps: 12", with: "epochs: 5\n  schedule: \(both)"))
    #expect(try shop.refused(2, "plan", "recipe.yaml", "--trace").contains("'milestone-epochs'"))
  }

  /// A frozen trunk computes each image once where images are the same in every epoch; the plan says so, or why not.
  @Test func ofAFrozenTrunk() throws {
    let shop = try Workshop()
    try shop.furnish()
    func line(_ settings: String...) throws -> String {
      let all = ["train.groups=[{match: backbone, freeze: true}]"] + settings
      let outcome = try shop.zoo(["plan", "recipe.yaml"] + all.flatMap { ["--set", $0] })
      #expect(outcome.code == 0, "\(outcome.errors)")
      return outcome.output.split(separator: "\n").first { $0.hasPrefix("trunk ") }.map(String.init) ?? ""
    }
    #expect(
      try line() == "trunk   computes every image in every step: 'flip' of the training images' transform is random")
    let kept = try line("transform={train: [{resize: {}}]}")
    #expect(kept.hasPrefix("trunk   frozen: computes 6 images once, in about "))
    #expect(kept.hasSuffix("; pooled kept in memory (384 B)"))
    #expect(try !shop.done("plan", "recipe.yaml").contains("\ntrunk "))
  }

  @Test func ofARuleOnRealData() throws {
    let shop = try Workshop()
    try shop.furnish()
    let settings = [
      "train={rule: bit-hyperrule, micro-batch: 2}", "input.size=16",
    ].flatMap { ["--set", $0] }
    let outcome = try shop.zoo(["plan", "recipe.yaml", "--json"] + settings)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let plan = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(plan["steps"] as? Int == 500 && plan["batch"] as? Int == 512 && plan["rule"] as? String == "bit-hyperrule")
    let values = try #require(plan["values"] as? [[String: String]])
    #expect(
      values.contains { $0["path"] == "train.steps" && $0["value"] == "500" && $0["origin"] == "rule bit-hyperrule" })
  }

  /// Every shipped recipe, with small data of our own in place of its own and a small model in place of a large one.
  @Test func everyShippedRecipe() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: shipped).filter { $0.hasSuffix(".yaml") }.sorted()
    #expect(names.count >= 7)
    for name in names {
      let shop = try Workshop()
      try shop.furnish()
      let text = try String(contentsOf: URL(filePath: shipped + "/" + name), encoding: .utf8)
      // Recipes of annotation have tests of their own.
      if text.contains("zoo annotate Recipes/\(name)") { continue }
      #expect(text.contains("zoo finetune Recipes/\(name)") && text.contains("# Time: ") && text.contains("# Expect: "))
      var settings = ["train.batch=4", "train.micro-batch=2"]
      let usesTensors = text.contains("format: tensors")
      let task = text.contains("  digit:\n") || text.contains("extends: digits.yaml") ? "digit" : text.contains("  glyph:\n") ? "glyph" : text.contains("  seen:\n") ? "seen" : "label"
      if usesTensors {
        settings += ["heads.label.weights=new", "tasks.label.train={format: folder, path: train}"]
      } else {
        settings += [
          "tasks.\(task).train={format: folder, path: train}", "tasks.\(task).evaluate={format: folder, path: test}",
        ]
      }
      if task == "seen" { settings += ["heads.seen.plugin=linear", "heads.seen.options=null"] }
      if !text.contains("architecture: bit\n") { settings += ["model=tiny.tar", "input.size=16"] }
      settings += text.contains("rule:") ? [] : ["transform=null"]
      let outcome = try shop.zoo(["plan", shipped + "/" + name] + settings.flatMap { ["--set", $0] })
      #expect(outcome.code == 0 && outcome.output.contains("\nsteps   "), "\(name): \(outcome.errors)")
    }
  }
}
