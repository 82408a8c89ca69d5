import Testing

@Suite("Recipe commands")
struct RecipeCommandTests {
  @Test func check() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(try shop.done("recipe", "check", "recipe.yaml") == "recipe.yaml: a recipe\n")
    #expect(
      try shop.done("recipe", "check", "recipe.yaml", "--data")
        == "recipe.yaml: a recipe; model and data fit (examples: colour 6)\n")
    #expect(
      try shop.refused(2, "recipe", "check", "recipe.yaml", "--set", "train.stpes=1").hasPrefix(
        """
        error: --set train.stpes=1: unknown key 'stpes'
         --set | train.stpes=1
               |       ^ did you mean 'steps'? known here: rule, steps, epochs,
        """))
    try shop.write("train/red/broken.png", "no image")
    #expect(try shop.refused(1, "recipe", "check", "recipe.yaml", "--data").contains("broken.png"))
  }

  @Test func showWithOrigins() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("child.yaml", "extends: recipe.yaml\ntrain:\n  steps: 3\n")
    let text = try shop.done("recipe", "show", "child.yaml", "--origin", "--set", "train.batch=2")
    for (value, origin) in [
      ("model: tiny.tar", "recipe.yaml:1"), ("steps: 3", "child.yaml:3"), ("batch: 2", "--set train.batch=2"),
      ("kind: sgd", "default"), ("warmup: 0", "default"), ("engine: auto", "default"),
    ] {
      let line = text.split(separator: "\n").first { $0.contains(value) } ?? ""
      #expect(line.hasSuffix("# \(origin)"), "\(value): \(line)\n\(text)")
    }
  }

  @Test(arguments: [
    [], ["--rule", "bit-hyperrule"], ["--rule", "vit-finetune", "--head", "mlp", "--model", "a b.tar"],
  ])
  func aNewRecipePassesTheCheck(_ options: [String]) throws {
    let shop = try Workshop()
    #expect(
      try shop.zoo(["recipe", "new", "-o", "mine.yaml"] + options)
        == Outcome(code: 0, output: "wrote mine.yaml; next: edit it, then zoo plan mine.yaml\n", errors: ""))
    #expect(try shop.done("recipe", "check", "mine.yaml") == "mine.yaml: a recipe\n")
    #expect(
      try shop.refused(1, "recipe", "new", "-o", "mine.yaml")
        == "error: mine.yaml: is there already; give another --output\n")
  }
}
