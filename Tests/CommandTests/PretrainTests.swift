import Testing

@Suite("Pre-training")
struct PretrainTests {
  private let fresh = Workshop.recipe.replacing(
    "model: tiny.tar",
    with: "model: {architecture: vit, options: {width: 16, depth: 1, heads: 2, mlp: 32, patch: 8, image: 16}}")

  /// The same bytes as `finetune` with the same recipe.
  @Test func fromRandomWeights() throws {
    let shop = try Workshop()
    try shop.furnish()
    try shop.write("recipe.yaml", fresh)
    try shop.done("pretrain", "recipe.yaml", "--threads", "1", "-o", "one")
    try shop.done("finetune", "recipe.yaml", "--threads", "1", "-o", "other")
    #expect(try shop.bytes("one/model.tar") == shop.bytes("other/model.tar"))
  }

  @Test func notFromAModel() throws {
    let shop = try Workshop()
    try shop.furnish()
    #expect(
      try shop.refused(2, "pretrain", "recipe.yaml") == """
        error: recipe.yaml:1:8: pre-training begins with random weights, not with the model 'tiny.tar'
            1 | model: tiny.tar
              |        ^ write model: {architecture: vit-b16}, or run zoo finetune

        """)
  }
}
