/// A key of a recipe, which says what it holds. Reading, `Recipes/SCHEMA.md` and `Recipes/schema.json` all take it
/// from here; the switch in each `field` is exhaustive, so a key cannot be added without being described.
public protocol RecipeKey: MappingKey {
  var field: RecipeField { get }
}

/// What a key of a recipe holds.
public struct RecipeField: Sendable, Equatable {
  /// What is so where the key is absent.
  public enum Absence: Sendable, Equatable {
    /// The key must be there.
    case refused
    /// It reads as this value, as YAML.
    case value(String)
    /// In words: `no clipping`, `the model's own`.
    case meaning(String)
  }

  /// What may be written.
  public let value: RecipeValue
  /// What holds where nothing is written.
  public let absence: Absence
  /// One line.
  public let meaning: String
  /// A value as YAML; empty where the kind of value says enough.
  public let example: String

  /// A key that must be there.
  public static func required(_ value: RecipeValue, _ meaning: String, example: String) -> RecipeField {
    RecipeField(value: value, absence: .refused, meaning: meaning, example: example)
  }

  /// A key that may be left out, with its default as YAML.
  public static func standard<Default: CustomStringConvertible>(
    _ value: RecipeValue, _ standard: Default, _ meaning: String, example: String = ""
  ) -> RecipeField {
    RecipeField(value: value, absence: .value(standard.description), meaning: meaning, example: example)
  }

  /// A choice among words, with its default.
  public static func choice<Choice: RecipeChoice>(_ standard: Choice, _ meaning: String) -> RecipeField {
    RecipeField(value: .choice(Choice.self), absence: .value(standard.rawValue), meaning: meaning, example: "")
  }

  /// A key that may be left out; `otherwise` says in a few words what holds then.
  public static func optional(
    _ value: RecipeValue, otherwise: String, _ meaning: String, example: String = ""
  ) -> RecipeField {
    RecipeField(value: value, absence: .meaning(otherwise), meaning: meaning, example: example)
  }
}
