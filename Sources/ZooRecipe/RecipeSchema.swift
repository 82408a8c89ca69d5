/// Every key of a recipe, from the enumerations that read them.
public enum RecipeSchema {
  /// A recipe as a value.
  public static let root = RecipeValue.mapping(RecipeRootKey.self)

  /// A mapping inside a recipe.
  public struct Mapping: Sendable, Equatable {
    /// `train.optimizer`, `tasks.NAME.train`, `transform.train[].crop`; empty for the recipe itself.
    public let path: String
    public let entries: [RecipeEntry]
    /// True where exactly one of the keys must be written.
    public let isStep: Bool
  }

  /// All mappings, each before those inside it, in the order of the keys.
  public static var mappings: [Mapping] { mappings(of: root) }

  /// The same of another kind of recipe.
  static func mappings(of root: RecipeValue) -> [Mapping] { mappings(in: root, at: "") }

  private static func mappings(in value: RecipeValue, at path: String) -> [Mapping] {
    switch value {
    case .keys(let entries): [Mapping(path: path, entries: entries, isStep: false)] + inner(entries, path)
    case .step(let entries): [Mapping(path: path, entries: entries, isStep: true)] + inner(entries, path)
    case .named(let value): mappings(in: value, at: path + ".NAME")
    case .list(let value): mappings(in: value, at: path + "[]")
    case .either(let values): values.flatMap { mappings(in: $0, at: path) }
    case .text, .path, .truth, .integer, .number, .words, .options: []
    }
  }

  private static func inner(_ entries: [RecipeEntry], _ path: String) -> [Mapping] {
    entries.flatMap { mappings(in: $0.field.value, at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }
}
