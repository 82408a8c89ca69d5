import FoundationEssentials
import Testing
import ZooRecipe

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().path

private func file(_ path: String) throws -> String {
  String(decoding: try Data(contentsOf: URL(filePath: "\(root)/\(path)")), as: UTF8.self)
}

/// `transform.train[].crop` with a value inside, as YAML on one line: `{transform: {train: [{crop: VALUE}]}}`.
private func yaml(_ value: String, at path: [Substring]) -> String {
  guard let first = path.first else { return value }
  let inner = yaml(value, at: Array(path.dropFirst()))
  return first.hasSuffix("[]") ? "{\(first.dropLast(2)): [\(inner)]}" : "{\(first): \(inner)}"
}

private let base = """
  model: vit-b16
  heads: {NAME: {}}
  tasks: {NAME: {train: {format: folder, path: images}}}
  train: {steps: 500}

  """

/// What is said about a value at a path of a recipe that extends a sound one.
private func said(_ value: String, at path: String) throws -> String {
  let scratch = try Scratch()
  try scratch.write("base.yaml", base)
  let parts = path.split(separator: ".")
  let text = yaml(value, at: parts)
  let top = parts.isEmpty ? text : "{extends: base.yaml, \(text.dropFirst())"
  try scratch.write("recipe.yaml", top)
  return scratch.failure()
}

/// A key, its kind, and what must stand beside it.
private struct Leaf: Sendable, CustomTestStringConvertible {
  let mapping: String
  let key: String
  let value: RecipeValue
  let required: [RecipeEntry]
  var path: String { mapping.isEmpty ? key : "\(mapping).\(key)" }
  var testDescription: String { path }

  static var all: [Leaf] {
    RecipeSchema.mappings.flatMap { mapping in
      mapping.entries.map { entry in
        let others = mapping.entries.filter { $0.key != entry.key && $0.field.absence == .refused }
        return Leaf(
          mapping: mapping.path, key: entry.key, value: entry.field.value, required: mapping.path.isEmpty ? [] : others)
      }
    }.filter { $0.path != "extends" }
  }
}

@Suite("Schema")
struct SchemaTests {
  @Test func theCommittedPagesAreWhatTheCodeSays() throws {
    #expect(try file("Recipes/SCHEMA.md") == RecipeSchema.page, "run: make schema")
    #expect(try file("Recipes/schema.json") == RecipeSchema.json, "run: make schema")
  }

  /// The reader lists the keys it knows when it meets another: they are those of the schema, in its order.
  @Test(arguments: RecipeSchema.mappings.map(\.path)) func everyMappingReadsTheKeysOfTheSchema(_ path: String) throws {
    let mapping = try #require(RecipeSchema.mappings.first { $0.path == path })
    let keys = mapping.entries.map(\.key).joined(separator: ", ")
    let text = try said("{zzz: 1}", at: path)
    #expect(text.contains("'zzz'"))
    #expect(text.hasSuffix((mapping.isStep ? "there are: " : "known here: ") + keys), "\(text)")
  }

  /// Each key refuses a value of another kind and numbers beyond its range, at its own place.
  @Test(arguments: Leaf.all) private func everyKeyRefusesWhatTheSchemaDoes(_ leaf: Leaf) throws {
    for value in wrong(leaf.value) {
      let siblings = leaf.required.map { "\($0.key): \($0.field.example), " }.joined()
      let text = try said("{\(siblings)\(leaf.key): \(value)}", at: leaf.mapping)
      #expect(text != "no error" && text.contains(leaf.key), "\(leaf.path): \(value): \(text)")
    }
  }

  /// A default that is written out changes nothing.
  @Test func defaultsAreWhatSilenceMeans() throws {
    let silent = try recipe(minimal)
    for key in ["engine", "train"] {
      let mapping = try #require(RecipeSchema.mappings.first { $0.path == (key == "train" ? key : "") })
      for entry in mapping.entries {
        guard case .value(let text) = entry.field.absence else { continue }
        let path = mapping.path.isEmpty ? entry.key : "\(mapping.path).\(entry.key)"
        let spoken = try recipe(minimal, ["\(path)=\(text)"])
        #expect(spoken.train == silent.train && spoken.engine == silent.engine, "\(path)=\(text)")
      }
    }
  }
}

/// Values that a kind does not allow, as YAML; none where everything may be meant.
private func wrong(_ value: RecipeValue) -> [String] {
  switch value {
  case .text, .path: ["[1]", "''"]
  case .truth: ["perhaps", "1"]
  case .integer(let range): ["half", "[1]"] + beyond(range, step: 1)
  case .number(let range): ["half", "[1]"] + beyond(range, step: 1e-6)
  case .words: ["zzz", "[1]"]
  case .list, .step, .keys, .named, .options: ["7"]
  case .either: ["0"]
  }
}

private func beyond<Number: SignedNumeric & Comparable>(_ range: NumberRange<Number>, step: Number) -> [String] {
  switch range {
  case .any: []
  case .atLeast(let least): ["\(least - step)"]
  case .above(let bound): ["\(bound)"]
  case .within(let least, let most): ["\(least - step)", "\(most + step)"]
  case .below(let least, let bound): ["\(least - step)", "\(bound)"]
  case .upTo(let bound, let most): ["\(bound)", "\(most + step)"]
  }
}
