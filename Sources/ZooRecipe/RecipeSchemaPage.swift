extension RecipeSchema {
  /// `Recipes/SCHEMA.md`.
  public static var page: String {
    page(
      of: root, title: "Keys of a recipe",
      opening: """
        Written by `zoo recipe schema`. A key that is not listed is an error. `null` reads as if the key were absent, and
        takes away what an extended recipe says. Any value can be set from outside: `--set train.optimizer.rate=0.01`.
        """, root: "The recipe")
  }

  /// A page of every key of a kind of recipe.
  static func page(of root: RecipeValue, title: String, opening: String, root name: String) -> String {
    var text = "# \(title)\n\n\(opening)\n"
    var seen: [(entries: [RecipeEntry], path: String)] = []
    for mapping in mappings(of: root) {
      text += "\n## \(mapping.path.isEmpty ? name : "`\(mapping.path)`")\n\n"
      if let first = seen.first(where: { $0.entries == mapping.entries }) {
        text += "As `\(first.path)`.\n"
        continue
      }
      seen.append((mapping.entries, mapping.path))
      if mapping.isStep { text += "Exactly one of these, or its name alone.\n\n" }
      text += "| key | value | default | meaning |\n|---|---|---|---|\n"
      for entry in mapping.entries { text += row(entry) }
    }
    return text
  }

  private static func row(_ entry: RecipeEntry) -> String {
    let field = entry.field
    let absence =
      switch field.absence {
      case .refused: "*required*"
      case .value(let value): "`\(value)`"
      case .meaning(let words): words
      }
    let example = field.example.isEmpty ? "" : " Example: `\(entry.key): \(field.example)`"
    return "| `\(entry.key)` | \(words(field.value)) | \(absence) | \(field.meaning)\(example) |\n"
  }

  /// A value in words.
  private static func words(_ value: RecipeValue) -> String {
    switch value {
    case .text: "text"
    case .path: "a path"
    case .truth: "`true` or `false`"
    case .integer(let range): range.wanted("a whole number")
    case .number(let range): range.wanted("a number")
    case .words(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .list(let value): "a list: " + words(value)
    case .keys: "a mapping, below"
    case .named(let value): "names: " + words(value)
    case .step(let entries): entries.map { "`\($0.key)`" }.joined(separator: ", ") + ", below"
    case .options: "a mapping"
    case .either(let values): values.map(words).joined(separator: "; or ")
    }
  }
}
