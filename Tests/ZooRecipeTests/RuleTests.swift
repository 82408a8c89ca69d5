import Testing
import ZooRecipe

private let small = ImageSize(height: 32, width: 32)
private let large = ImageSize(height: 224, width: 224)

private let ruled = """
  model: bit-r50x1
  tasks:
    label:
      train: {format: folder, path: images}
  train:
    rule: bit-hyperrule

  """

/// A recipe as its rule has it for these data.
private func following(
  _ overrides: [String] = [], examples: Int = 1000, size: ImageSize = small, images: Bool = true
) throws -> Recipe {
  try recipe(ruled, overrides).following { RuleFacts(examples: examples, size: size, areImages: images) }
}

/// Numbers from google-research/big_transfer: bit_hyperrule.py.
@Suite("The BiT-HyperRule")
struct BiTHyperRuleTests {
  @Test(arguments: [
    (19_999, [100, 200, 300, 400, 500], 0.0), (20_000, [500, 3000, 6000, 9000, 10_000], 0.1),
    (499_999, [500, 3000, 6000, 9000, 10_000], 0.1), (500_000, [500, 6000, 12_000, 18_000, 20_000], 0.1),
  ])
  func knotsAndMixupByTheNumberOfImages(_ examples: Int, _ knots: [Int], _ mixup: Double) {
    let values = BiTHyperRule().values(RuleFacts(examples: examples, size: large))
    #expect([values.warmup] + values.milestones + [values.steps] == knots)
    #expect(values.mixup == mixup)
    #expect((values.rate, values.momentum, values.batch) == (0.003, 0.9, 512))
    #expect(values.schedule == .step && values.clipNorm == nil && values.flip == 0.5)
  }

  /// Small is an area strictly below 96 x 96.
  @Test(arguments: [
    (95, 97, 160, 128), (96, 95, 160, 128), (96, 96, 512, 480), (64, 144, 512, 480), (1, 9215, 160, 128),
  ])
  func sidesByTheArea(_ height: Int, _ width: Int, _ resize: Int, _ crop: Int) {
    let values = BiTHyperRule().values(
      RuleFacts(examples: 1, size: ImageSize(height: height, width: width)))
    #expect((values.resize, values.input) == (resize, crop))
  }

  @Test func thePapersSides() {
    let paper = BiTHyperRule(resolution: .paper)
    let usual = paper.values(RuleFacts(examples: 1, size: large, variant: "bit-r101x3"))
    let largest = paper.values(RuleFacts(examples: 1, size: large, variant: "bit-r152x4"))
    let tiny = paper.values(RuleFacts(examples: 1, size: small))
    #expect((usual.resize, usual.input) == (448, 384))
    #expect((largest.resize, largest.input) == (512, 480))
    #expect((tiny.resize, tiny.input) == (160, 128))
  }

  @Test func thePapersDecayIsThatOfTheCodeExceptForSmallData() {
    let paper = BiTHyperRule(decay: .paper)
    #expect(paper.knots(.small) == [100, 150, 300, 450, 500])
    for scale in [DataScale.medium, .large] { #expect(paper.knots(scale) == BiTHyperRule().knots(scale)) }
  }
}

@Suite("Rules in recipes")
struct RuleTests {
  @Test func fillWhatIsUnsaid() throws {
    let recipe = try following(examples: 50_000)
    #expect(recipe.train.length == .steps(10_000))
    #expect(recipe.train.batch == 512)
    #expect(recipe.train.optimizer == OptimizerSettings(rate: 0.003, momentum: 0.9, weightDecay: 0))
    #expect(recipe.train.schedule == ScheduleSettings(kind: .step, warmup: 500, milestones: [3000, 6000, 9000]))
    #expect(recipe.train.mixup == MixupSettings(alpha: 0.1, within: .batch))
    #expect(recipe.input == ImageSize(height: 128, width: 128))
    #expect(
      recipe.transforms.train == [
        .resize(size: ImageSize(height: 160, width: 160), mode: .square, filter: .bilinear),
        .crop(size: ImageSize(height: 128, width: 128), position: .random), .flip(probability: 0.5),
      ])
    #expect(
      recipe.transforms.evaluate == [
        .resize(size: ImageSize(height: 128, width: 128), mode: .square, filter: .bilinear)
      ])
  }

  @Test func whatIsSaidWins() throws {
    let recipe = try following(
      [
        "train.epochs=3", "train.batch=32", "train.optimizer.rate=0.1", "train.schedule.warmup=7",
        "train.mixup.within=micro-batch", "transform.evaluate=[resize]",
      ], examples: 50_000)
    #expect(recipe.train.length == .epochs(3))
    #expect(recipe.train.batch == 32)
    #expect((recipe.train.optimizer.rate, recipe.train.optimizer.momentum) == (0.1, 0.9))
    #expect(recipe.train.schedule.warmup == 7 && recipe.train.schedule.milestones == [3000, 6000, 9000])
    #expect(recipe.train.mixup == MixupSettings(alpha: 0.1, within: .microBatch))
    #expect(recipe.transforms.evaluate == [.resize(size: nil, mode: .square, filter: .bilinear)])
    #expect(recipe.transforms.train?.count == 3)
  }

  @Test func aScheduleAndAnOptimiserOfAnotherKindAreTheRecipesOwn() throws {
    let recipe = try following(["train.schedule.kind=cosine", "train.optimizer.kind=adamw"])
    #expect(recipe.train.schedule == ScheduleSettings(kind: .cosine))
    #expect(recipe.train.optimizer.kind == .adamw)
    #expect(recipe.train.length == .steps(500))
  }

  /// As everywhere else; another value switches a rule's off.
  @Test func nullIsSilence() throws {
    let silent = try following(["train.mixup=null", "input=null", "transform=null"], examples: 50_000)
    let plain = try following(examples: 50_000)
    #expect(silent.train.mixup == plain.train.mixup && silent.train.mixup != nil)
    #expect(silent.input == plain.input && silent.transforms == plain.transforms)
    #expect(try following(["train.mixup.alpha=0"], examples: 50_000).train.mixup?.alpha == 0)
  }

  /// The sides keep the rule's proportion of 160 to 128.
  @Test func anInputOfAnotherSize() throws {
    let recipe = try following(["input.size=64"])
    #expect(recipe.input == ImageSize(height: 64, width: 64))
    #expect(
      recipe.transforms.train?.prefix(2) == [
        .resize(size: ImageSize(height: 80, width: 80), mode: .square, filter: .bilinear),
        .crop(size: ImageSize(height: 64, width: 64), position: .random),
      ])
  }

  @Test func tensorsStayAsTheyAre() throws {
    let recipe = try following(images: false)
    #expect(recipe.transforms == Transforms() && recipe.input == nil)
    #expect(recipe.train.length == .steps(500))
  }

  @Test func switches() throws {
    let recipe = try following(
      ["train.rule={name: bit-hyperrule, crop: none, flip: 1, decay: paper, resolution: paper}"], size: large)
    #expect(recipe.train.schedule.milestones == [150, 300, 450])
    #expect(
      recipe.transforms.train == [
        .resize(size: ImageSize(height: 384, width: 384), mode: .square, filter: .bilinear), .flip(probability: 1),
      ])
  }

  @Test func originsNameTheRule() throws {
    let recipe = try following(["train.batch=32"])
    #expect(recipe.location(of: "train.steps")?.description == "rule bit-hyperrule")
    #expect(recipe.location(of: "train.batch")?.description == "--set train.batch=32")
    let lines = recipe.textWithOrigins.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("steps: 500") && $0.hasSuffix("# rule bit-hyperrule") })
    #expect(lines.contains { $0.contains("batch: 32") && $0.hasSuffix("# --set train.batch=32") })
    #expect(lines.contains { $0.contains("shuffle: true") && $0.hasSuffix("# default") })
    #expect(lines.contains { $0.contains("rule: bit-hyperrule") && $0.hasSuffix("# recipe.yaml:6") })
  }

  /// What an archive keeps: read again, with other data, it is the same training.
  @Test func theResolvedTextStandsForItself() throws {
    let first = try following(examples: 50_000)
    let again = try recipe(first.resolvedText(origins: false)).following { RuleFacts(examples: 1, size: large) }
    #expect(again.train == first.train && again.transforms == first.transforms && again.input == first.input)
  }

  @Test func visionTransformers() throws {
    func values(
      _ examples: Int, _ variant: String, patch: Int, _ rule: ViTFinetuneRule = ViTFinetuneRule()
    ) -> RuleValues {
      rule.values(RuleFacts(examples: examples, size: large, variant: variant, patch: patch))
    }
    let flowers = values(1020, "vit-b16", patch: 16)
    #expect((flowers.steps, flowers.warmup, flowers.rate, flowers.batch) == (500, 100, 0.03, 512))
    #expect((flowers.resize, flowers.input, flowers.clipNorm, flowers.mixup) == (448, 384, 1, 0))
    #expect(flowers.schedule == ScheduleKind.cosine && flowers.milestones.isEmpty)
    #expect(flowers.crop == .inception && flowers.flip == 0.5)
    #expect(values(50_000, "vit-b16", patch: 16).steps == 10_000)
    #expect(values(1_281_167, "vit-b16", patch: 16).steps == 20_000)
    #expect(values(1000, "vit-h14", patch: 14).input == 518)
    #expect(values(1000, "vit-l16", patch: 16, ViTFinetuneRule(resolution: .paper)).input == 512)
    // Table 2 of the paper: 512 pixels for L/16, 518 for H/14, and weights averaged by 0.9999 for both.
    for (variant, patch) in [("vit-l16", 16), ("vit-h14", 14)] {
      #expect(values(1000, variant, patch: patch).average == nil)
      #expect(values(1000, variant, patch: patch, ViTFinetuneRule(resolution: .paper)).average == 0.9999)
      #expect(values(1000, variant, patch: patch, ViTFinetuneRule(average: .paper)).average == 0.9999)
      #expect(
        values(1000, variant, patch: patch, ViTFinetuneRule(resolution: .paper, average: .code)).average == nil)
    }
    #expect(values(1000, "vit-b16", patch: 16, ViTFinetuneRule(resolution: .paper)).average == nil)
    let vtab = values(1000, "vit-b16", patch: 16, ViTFinetuneRule(steps: .vtab))
    #expect((vtab.steps, vtab.warmup, vtab.rate) == (2500, 200, 0.01))
  }

  @Test(arguments: [
    ("bit-hyperule", "'train.rule' must be one of bit-hyperrule, vit-finetune, not the text 'bit-hyperule'", 12),
    (
      "{name: vit-finetune, decay: code}", "'decay' belongs to 'name: bit-hyperrule', but here it is 'vit-finetune'", 33
    ),
    ("{nam: x}", "unknown key 'nam'", 13),
  ])
  func mistakes(_ rule: String, _ says: String, _ column: Int) {
    let text = failure(ruled, ["train.rule=\(rule)"])
    #expect(text.hasPrefix("--set train.rule=\(rule): \(says)"), "\(text)")
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3 && lines[2].contains("|" + String(repeating: " ", count: column) + "^"), "\(text)")
  }
}
