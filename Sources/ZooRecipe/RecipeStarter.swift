/// A recipe to begin with.
public struct RecipeStarter: Sendable {
  public let model: String
  /// The plugin of its one head.
  public let head: String
  public let rule: RuleName?

  public init(model: String, head: String, rule: RuleName?) {
    (self.model, self.head, self.rule) = (model, head, rule)
  }

  /// The text of the file `path`.
  ///
  /// - Throws: `RecipeError` where the model's or the head's name makes no recipe.
  public func text(path: String) throws -> String {
    let text = """
      # What this recipe is for.
      #
      #   zoo plan \(path)
      #   zoo finetune \(path)
      #
      # Time: …
      # Expect: …
      # Every key is in Recipes/SCHEMA.md (zoo recipe schema).

      # A name in the store, or the path of a .tar.
      model: \(scalar(model))

      heads:
        # The head's name; its task below has the same.
        label:
          plugin: \(scalar(head))
          weights: new
          labels: from-data

      tasks:
        label:
          # One folder for each class, seen from the current folder or from this file's.
          train: {format: folder, path: data/train}
          evaluate: {format: folder, path: data/test}

      train:
      \(numbers)
        # Examples computed at once: fewer take less memory, and the step is the same.
        micro-batch: 16
      """
    _ = try Recipe(bytes: Array(text.utf8), path: path)
    return text + "\n"
  }

  private var numbers: String {
    if let rule {
      return """
          # Fills in steps, batch, rate, schedule and transforms from the data (zoo plan shows them); what stands here wins.
          rule: \(rule.rawValue)
        """
    }
    return """
        steps: 500
        batch: 64
        optimizer: {kind: sgd, rate: 0.003, momentum: 0.9}
        schedule: {kind: cosine, warmup: 50}
        clip-norm: 1.0
      """
  }

  private func scalar(_ text: String) -> String { String(yamlText(of: .text(text)).dropLast()) }
}
