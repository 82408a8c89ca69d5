import ArgumentParser
import ZooRecipe

struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model from random weights by a recipe.",
    discussion: """
      As finetune, for recipes that begin with 'model: {architecture: …}'; one that begins with a model's archive is \
      refused.
      """)

  @OptionGroup var arguments: TrainingArguments

  func run() throws {
    try arguments.train { recipe in
      guard case .stored(let path) = recipe.model else { return }
      throw RecipeError(
        at: path.location, "pre-training begins with random weights, not with the model '\(path.text)'",
        hint: "write model: {architecture: vit-b16}, or run zoo finetune")
    }
  }
}
