/// The kinds of value a recipe's key can hold.
public indirect enum RecipeValue: Sendable, Equatable {
  case text
  /// Seen from the current folder, then from the folder of the recipe it is written in.
  case path
  /// `true` or `false`.
  case truth
  case integer(NumberRange<Int>)
  case number(NumberRange<Double>)
  /// One of these words.
  case words([String])
  case list(RecipeValue)
  /// A mapping of fixed keys.
  case keys([RecipeEntry])
  /// A mapping whose keys are names chosen by the writer.
  case named(RecipeValue)
  /// A mapping of exactly one of these keys, or the key alone as a word.
  case step([RecipeEntry])
  /// A mapping that only a plugin can check.
  case options
  case either([RecipeValue])

  /// A mapping of a key enumeration's keys.
  public static func mapping<Key: RecipeKey>(_ keys: Key.Type) -> RecipeValue { .keys(entries(keys)) }

  /// A list's item that is one of an enumeration's keys.
  public static func oneStep<Key: RecipeKey>(_ keys: Key.Type) -> RecipeValue { .step(entries(keys)) }

  /// One of an enumeration's words.
  public static func choice<Choice: RecipeChoice>(_ choices: Choice.Type) -> RecipeValue {
    .words(choices.allCases.map(\.rawValue))
  }

  private static func entries<Key: RecipeKey>(_ keys: Key.Type) -> [RecipeEntry] {
    keys.allCases.map { RecipeEntry(key: $0.rawValue, field: $0.field) }
  }
}

/// A key of a recipe with its description.
public struct RecipeEntry: Sendable, Equatable {
  public let key: String
  public let field: RecipeField
}

extension MappingReader where Key: RecipeKey {
  /// A key that must be there; the error names the example of its description.
  public func required(_ key: Key) throws -> YAMLNode { try required(key, example: key.field.example) }

  /// A whole number in the range of its description.
  public func int(_ key: Key) throws -> Int? {
    guard case .integer(let range) = key.field.value else { return try described(key, otherwiseThan: "whole number") }
    return try int(key, range)
  }

  /// A number in the range of its description.
  public func double(_ key: Key) throws -> Double? {
    guard case .number(let range) = key.field.value else { return try described(key, otherwiseThan: "number") }
    return try double(key, range)
  }

  private func described<Value>(_ key: Key, otherwiseThan kind: String) throws -> Value? {
    try node(key).map { throw RecipeError.misdescribed($0, path(key), kind) }
  }
}
