/// The keys a mapping may have, in the order errors list them.
public protocol MappingKey: RawRepresentable, CaseIterable, Sendable where RawValue == String {}

/// Reads the values of one mapping by typed keys. Making it refuses unknown keys, so that a misspelt key is
/// reported before whatever seems to be missing for it. `null` reads as absent.
///
/// Every reading function throws a `RecipeError` at the value.
public struct MappingReader<Key: MappingKey>: Sendable {
  public let node: YAMLNode
  /// The dotted path of this mapping, empty at the top.
  public let path: String
  private let entries: [YAMLEntry]

  public init(_ node: YAMLNode, path: String) throws {
    guard let entries = node.entries else {
      throw path.isEmpty
        ? RecipeError.notMapping(node) : RecipeError.wrongType(node, path, wanted: "a mapping")
    }
    let known = Key.allCases.map(\.rawValue)
    for entry in entries where !known.contains(entry.key) {
      throw RecipeError.unknownKey(entry.keyLocation, entry.key, known: known)
    }
    self.node = node
    self.path = path
    self.entries = entries
  }

  public func path(_ key: Key) -> String { path.isEmpty ? key.rawValue : "\(path).\(key.rawValue)" }

  /// The entry of a key unless it is absent or null.
  public func entry(_ key: Key) -> YAMLEntry? {
    entries.first { $0.key == key.rawValue && !$0.value.isNull }
  }

  public func node(_ key: Key) -> YAMLNode? { entry(key)?.value }

  public func required(_ key: Key, example: String) throws -> YAMLNode {
    guard let node = node(key) else {
      let empty = entries.first { $0.key == key.rawValue }
      throw RecipeError.missing(
        empty?.keyLocation ?? node.location, path(key), example: "\(key.rawValue): \(example)")
    }
    return node
  }

  public func text(_ key: Key) throws -> String? {
    try node(key).map { try readText($0, path(key)) }
  }

  public func int(_ key: Key, _ range: NumberRange<Int>) throws -> Int? {
    try node(key).map { try readInt($0, path(key), range) }
  }

  public func double(_ key: Key, _ range: NumberRange<Double>) throws -> Double? {
    try node(key).map { try readDouble($0, path(key), range) }
  }

  public func bool(_ key: Key) throws -> Bool? {
    try node(key).map { node in
      guard let value = node.boolValue else {
        throw RecipeError.wrongType(node, path(key), wanted: "true or false")
      }
      return value
    }
  }

  public func choice<Choice: RecipeChoice>(_ key: Key, _ type: Choice.Type = Choice.self) throws -> Choice? {
    try node(key).map { try readChoice($0, path(key)) }
  }

  public func list<Item>(_ key: Key, _ read: (YAMLNode, String) throws -> Item) throws -> [Item]? {
    try node(key).map { try readList($0, path(key), read) }
  }

  /// A nested mapping of fixed keys.
  public func mapping<Inner: MappingKey, Value>(
    _ key: Key, _ keys: Inner.Type, _ read: (MappingReader<Inner>) throws -> Value
  ) throws -> Value? {
    try node(key).map { try read(MappingReader<Inner>($0, path: path(key))) }
  }

  /// A nested mapping whose keys are names chosen by the writer.
  public func named<Value>(
    _ key: Key, _ read: (YAMLEntry, String) throws -> Value
  ) throws -> [Value]? {
    try node(key).map { node in
      guard let entries = node.entries else {
        throw RecipeError.wrongType(node, path(key), wanted: "a mapping")
      }
      return try entries.map { entry in
        try checkName(entry.key, at: entry.keyLocation, path(key), dots: false)
        return try read(entry, "\(path(key)).\(entry.key)")
      }
    }
  }

  /// Refuses keys that have no meaning beside another choice.
  public func refuse(_ keys: [Key], belongingTo owner: String, given: String) throws {
    for key in keys {
      if let entry = entry(key) {
        throw RecipeError.onlyFor(entry.keyLocation, key.rawValue, owner, given: given)
      }
    }
  }
}

/// A choice among words.
public protocol RecipeChoice: RawRepresentable, CaseIterable, Sendable where RawValue == String {}

func readText(_ node: YAMLNode, _ path: String) throws -> String {
  guard let text = node.textValue else { throw RecipeError.notText(node, path) }
  if text.isEmpty { throw RecipeError.emptyText(node, path) }
  return text
}

func readInt(_ node: YAMLNode, _ path: String, _ range: NumberRange<Int>) throws -> Int {
  guard let value = node.intValue, range.holds(value) else {
    throw RecipeError.wrongType(node, path, wanted: range.wanted("a whole number"))
  }
  return value
}

func readDouble(_ node: YAMLNode, _ path: String, _ range: NumberRange<Double>) throws -> Double {
  guard let value = node.doubleValue, range.holds(value) else {
    throw RecipeError.wrongType(node, path, wanted: range.wanted("a number"))
  }
  return value
}

func readChoice<Choice: RecipeChoice>(_ node: YAMLNode, _ path: String) throws -> Choice {
  guard let text = node.textValue, let value = Choice(rawValue: text) else {
    throw RecipeError.badChoice(node, path, choices: Choice.allCases.map(\.rawValue))
  }
  return value
}

func readList<Item>(_ node: YAMLNode, _ path: String, _ read: (YAMLNode, String) throws -> Item) throws
  -> [Item]
{
  guard let items = node.items else { throw RecipeError.wrongType(node, path, wanted: "a list") }
  return try items.enumerated().map { try read($0.element, "\(path)[\($0.offset)]") }
}

/// Names end up in file names and in the names of arrays: letters, digits, `_` and `-` (and `.`).
func checkName(_ name: String, at location: SourceLocation, _ path: String, dots: Bool) throws {
  let good = name.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F || byte == 0x2D || (dots && byte == 0x2E)
  }
  if !good || name.isEmpty || name.utf8.count > 64 || name.hasPrefix(".") {
    let allowed = dots ? "letters, digits, '_', '-' and '.'" : "letters, digits, '_' and '-'"
    throw RecipeError.badName(location, name, path, allowed: allowed)
  }
}
