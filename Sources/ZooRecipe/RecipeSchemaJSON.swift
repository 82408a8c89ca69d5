extension RecipeSchema {
  /// `Recipes/schema.json`: a JSON Schema (draft 2020-12) for editors.
  ///
  /// It asks for required keys at the top alone, and there only of a recipe that extends none: any other may be
  /// inherited.
  public static var json: String {
    let required = root.requiredKeys.map(YAMLNode.text)
    let head: [(String, YAMLNode)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text("A recipe of zoo")),
      (
        "anyOf",
        .list([.map([("required", .list([.text("extends")]))]), .map([("required", .list(required))])])
      ),
    ]
    return indentedJSON(of: .map(head + root.schema)) + "\n"
  }
}

extension RecipeValue {
  fileprivate var requiredKeys: [String] {
    guard case .keys(let entries) = self else { return [] }
    return entries.filter { $0.field.absence == .refused }.map(\.key)
  }

  /// The members of the schema that a value must fulfil.
  fileprivate var schema: [(String, YAMLNode)] {
    switch self {
    case .text, .path: [("type", .text("string")), ("minLength", .int(1))]
    case .truth: [("type", .text("boolean"))]
    case .integer(let range): [("type", .text("integer"))] + range.schema(YAMLNode.int)
    case .number(let range): [("type", .text("number"))] + range.schema(YAMLNode.double)
    case .words(let words): [("enum", .list(words.map(YAMLNode.text)))]
    case .list(let value): [("type", .text("array")), ("items", .map(value.schema))]
    case .keys(let entries): Self.object(entries)
    case .named(let value): [("type", .text("object")), ("additionalProperties", .map(value.schema))]
    case .step(let entries):
      [
        (
          "anyOf",
          .list([
            .map([("enum", .list(entries.map { .text($0.key) }))]),
            .map(Self.object(entries) + [("minProperties", .int(1)), ("maxProperties", .int(1))]),
          ])
        )
      ]
    case .options: [("type", .text("object"))]
    case .either(let values): [("anyOf", .list(values.map { .map($0.schema) }))]
    }
  }

  private static func object(_ entries: [RecipeEntry]) -> [(String, YAMLNode)] {
    [
      ("type", .text("object")), ("properties", .map(entries.map { ($0.key, .map($0.field.schema)) })),
      ("additionalProperties", .bool(false)),
    ]
  }
}

extension RecipeField {
  /// Any key may be `null`, which takes an inherited value away.
  fileprivate var schema: [(String, YAMLNode)] {
    var members: [(String, YAMLNode)] = [("description", .text(description))]
    if case .value(let text) = absence, let node = parsed(text) { members.append(("default", node)) }
    if let node = parsed(example) { members.append(("examples", .list([node]))) }
    return members + [("anyOf", .list([.map(value.schema), .map([("type", .text("null"))])]))]
  }

  private var description: String {
    switch absence {
    case .refused: meaning + " Required."
    case .value: meaning
    case .meaning(let words): meaning + " Default: \(words)."
    }
  }

  private func parsed(_ text: String) -> YAMLNode? {
    text.isEmpty ? nil : try? YAMLNode.parse(Array(text.utf8), name: "")
  }
}

extension NumberRange {
  fileprivate func schema(_ node: (Number) -> YAMLNode) -> [(String, YAMLNode)] {
    switch self {
    case .any: []
    case .atLeast(let least): [("minimum", node(least))]
    case .above(let bound): [("exclusiveMinimum", node(bound))]
    case .within(let least, let most): [("minimum", node(least)), ("maximum", node(most))]
    case .below(let least, let bound): [("minimum", node(least)), ("exclusiveMaximum", node(bound))]
    case .upTo(let bound, let most): [("exclusiveMinimum", node(bound)), ("maximum", node(most))]
    }
  }
}
