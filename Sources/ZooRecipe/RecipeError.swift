/// A mistake in a recipe or a config, with the place it was made.
///
/// `description` is
/// ```
/// recipe.yaml:12:7: unknown key 'momentun'
///    12 |       momentun: 0.9
///       |       ^ did you mean 'momentum'? known here: kind, rate, momentum
/// ```
/// and for a place without a line (`--set`, a whole file) the message, then the hint on a line of its own.
public struct RecipeError: Error, CustomStringConvertible, Sendable, Equatable {
  public let location: SourceLocation
  public let message: String
  public let hint: String?
  /// Whether a file is missing or broken, the recipe itself or one that it names: nothing in what is written is then wrong.
  public let concernsFile: Bool

  /// Rooms that find a mistake later (a plugin's option, a missing file) point into the recipe with this.
  public init(at location: SourceLocation, _ message: String, hint: String? = nil, concernsFile: Bool = false) {
    self.location = location
    self.message = message
    self.hint = hint
    self.concernsFile = concernsFile
  }

  public var description: String {
    let place = printable(location.description, limit: 160)
    let headline = place.isEmpty ? message : "\(place): \(message)"
    guard let excerpt = Excerpt(location) else { return headline + (hint.map { "\n  " + $0 } ?? "") }
    return headline + "\n" + excerpt.text(hint: hint)
  }
}

// MARK: - The file and its YAML

extension RecipeError {
  static func cannotRead(_ file: String, because reason: String) -> RecipeError {
    RecipeError(at: SourceLocation(file: file), "cannot read it: \(reason)", concernsFile: true)
  }
  static func tooLarge(_ at: SourceLocation, limit: Int) -> RecipeError {
    RecipeError(at: at, "the file is larger than \(limit) bytes; too large to be meant")
  }
  static func empty(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "there is nothing in it; expected a mapping of keys to values")
  }
  static func notUTF8(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "this byte is not UTF-8 text", hint: "save the file as UTF-8")
  }
  static func notYAML(_ at: SourceLocation, problem: String, context: String?) -> RecipeError {
    let hint: String? =
      if problem.hasPrefix("mapping values are not allowed") {
        "indent keys alike, and quote a text that contains ': '"
      } else if problem.hasPrefix("found character that cannot start any token") {
        "indent with spaces, not tabs; quote a text that begins with '@', '`' or '%'"
      } else {
        nil
      }
    return RecipeError(at: at, "not YAML: \(problem)" + (context.map { " (\($0))" } ?? ""), hint: hint)
  }
  static func unclosed(_ at: SourceLocation, problem: String, context: String) -> RecipeError {
    RecipeError(at: at, "not YAML: what begins here does not end: \(problem) (\(context))")
  }
  static func notMapping(_ node: YAMLNode) -> RecipeError {
    RecipeError(at: node.location, "expected a mapping of keys to values, not \(naming(node))")
  }
  static func severalDocuments(_ at: SourceLocation) -> RecipeError {
    RecipeError(
      at: at, "a second document begins here; one file holds one", hint: "remove this '---' and below")
  }
  static func anchor(_ at: SourceLocation, _ name: String) -> RecipeError {
    RecipeError(
      at: at, "anchors are not supported ('&\(printable(name))')",
      hint: "share values with 'extends:' instead")
  }
  static func alias(_ at: SourceLocation, _ name: String) -> RecipeError {
    RecipeError(
      at: at, "aliases are not supported ('*\(printable(name))')",
      hint: "write the value out, or quote the text")
  }
  static func tag(_ at: SourceLocation, _ tag: String) -> RecipeError {
    RecipeError(
      at: at, "tags are not supported ('\(printable(tag))')", hint: "quote the text if it begins with '!'")
  }
  static func tooDeep(_ at: SourceLocation, limit: Int) -> RecipeError {
    RecipeError(at: at, "nested more than \(limit) levels deep")
  }
  static func tagDirective(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "tags are not supported ('%TAG')", hint: "remove this line")
  }
  static func tooManyMarks(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "more than 30 combining marks in a row", hint: "remove some")
  }
  static func tooManyNodes(_ at: SourceLocation, limit: Int) -> RecipeError {
    RecipeError(at: at, "more than \(limit) values; too many to be meant")
  }
  static func keyNotText(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "a key must be a single word or text, not a list or mapping")
  }
  static func emptyKey(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "a key is missing before ':'")
  }
  static func longKey(_ at: SourceLocation, limit: Int) -> RecipeError {
    RecipeError(at: at, "a key longer than \(limit) characters")
  }
  static func duplicateKey(_ at: SourceLocation, _ key: String, first: SourceLocation) -> RecipeError {
    RecipeError(
      at: at, "duplicate key '\(printable(key))'", hint: "first written at \(first); leave one of the two out"
    )
  }
}

// MARK: - extends and --set

extension RecipeError {
  static func extendsTooDeep(_ at: SourceLocation, limit: Int) -> RecipeError {
    RecipeError(at: at, "'extends' goes more than \(limit) files deep")
  }
  static func extendsCycle(_ at: SourceLocation, chain: [String]) -> RecipeError {
    RecipeError(
      at: at, "'extends' goes in a circle: \(printable(chain.joined(separator: " -> "), limit: 300))")
  }
  static func cannotExtend(_ at: SourceLocation, _ file: String, because reason: String) -> RecipeError {
    RecipeError(at: at, "cannot read '\(printable(file, limit: 200))': \(reason)", concernsFile: true)
  }
  static func badOverride(_ at: SourceLocation, because reason: String) -> RecipeError {
    RecipeError(at: at, reason, hint: "write --set key.key=value, for example --set train.steps=100")
  }
  static func overrideWithoutEquals(_ at: SourceLocation) -> RecipeError {
    badOverride(at, because: "there is no '='")
  }
  static func overrideEmptyKey(_ at: SourceLocation) -> RecipeError {
    badOverride(at, because: "a key before '=' is empty")
  }
  static func overrideTooDeep(_ at: SourceLocation, limit: Int) -> RecipeError {
    badOverride(at, because: "more than \(limit) keys before '='")
  }
  static func overrideWithoutValue(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "the value is only a comment", hint: "quote a text that begins with '#'")
  }
  static func overrideExtends(_ at: SourceLocation) -> RecipeError {
    RecipeError(at: at, "'extends' cannot be set on the command line")
  }
  static func overrideThrough(_ at: SourceLocation, _ path: String, is node: YAMLNode) -> RecipeError {
    RecipeError(
      at: at, "'\(printable(path))' is \(naming(node)) (\(node.location)), so nothing inside it can be set")
  }
}

// MARK: - Types and values

extension RecipeError {
  static func unknownKey(_ at: SourceLocation, _ key: String, known: [String]) -> RecipeError {
    RecipeError(
      at: at, "unknown key '\(printable(key))'", hint: didYouMean(key, among: known, label: "known here"))
  }
  static func missing(_ at: SourceLocation, _ path: String, example: String) -> RecipeError {
    RecipeError(at: at, "'\(path)' is missing", hint: "add it, for example '\(example)'")
  }
  static func wrongType(_ node: YAMLNode, _ path: String, wanted: String, hint: String? = nil) -> RecipeError {
    RecipeError(at: node.location, "'\(path)' must be \(wanted), not \(naming(node))", hint: hint)
  }
  /// The program's own mistake, told where it shows.
  static func misdescribed(_ node: YAMLNode, _ path: String, _ kind: String) -> RecipeError {
    RecipeError(at: node.location, "'\(path)' is read as a \(kind) but described as something else")
  }
  static func notText(_ node: YAMLNode, _ path: String) -> RecipeError {
    var hint: String?
    if case .scalar(let text, _) = node.content, !text.isEmpty {
      hint = "quote it to make it text: '\(printable(text))'"
    }
    return wrongType(node, path, wanted: "text", hint: hint)
  }
  static func emptyText(_ node: YAMLNode, _ path: String) -> RecipeError {
    RecipeError(at: node.location, "'\(path)' must not be empty")
  }
  static func badChoice(_ node: YAMLNode, _ path: String, choices: [String]) -> RecipeError {
    let wanted = "one of \(choices.joined(separator: ", "))"
    let close = node.textValue.flatMap { suggestion(for: $0, among: choices) }
    return wrongType(node, path, wanted: wanted, hint: close.map { "did you mean '\($0)'?" })
  }
  static func badName(_ at: SourceLocation, _ name: String, _ path: String, allowed: String) -> RecipeError {
    RecipeError(at: at, "'\(path)': '\(printable(name))' is no name", hint: "a name has up to 64 \(allowed)")
  }
  static func wrongCount(_ node: YAMLNode, _ path: String, wanted: String, found: Int) -> RecipeError {
    RecipeError(at: node.location, "'\(path)' must have \(wanted), not \(found)")
  }
  static func badPattern(_ node: YAMLNode, _ path: String) -> RecipeError {
    wrongType(
      node, path, wanted: "a pattern for parameters",
      hint: "a name with '*', such as blocks.*.attn.*; 'depth 0..3'; 'head label'; or 'backbone'")
  }
  static func notAscending(_ node: YAMLNode, _ path: String) -> RecipeError {
    RecipeError(at: node.location, "'\(path)' must rise from one to the next")
  }
  static func repeated(_ node: YAMLNode, _ path: String, _ text: String) -> RecipeError {
    RecipeError(at: node.location, "'\(path)': '\(printable(text))' is there already")
  }
}

// MARK: - Recipes and configs

extension RecipeError {
  static func bothGiven(_ at: SourceLocation, _ key: String, _ other: String, _ otherAt: SourceLocation)
    -> RecipeError
  {
    RecipeError(
      at: at, "'\(key)' and '\(other)' exclude each other",
      hint: "'\(other)' is at \(otherAt); drop one (an inherited one with '\(other): null')")
  }
  static func neitherGiven(_ at: SourceLocation, _ path: String, _ key: String, _ other: String)
    -> RecipeError
  {
    RecipeError(at: at, "'\(path)' needs '\(key)' or '\(other)'")
  }
  static func onlyFor(_ at: SourceLocation, _ key: String, _ owner: String, given: String) -> RecipeError {
    RecipeError(at: at, "'\(key)' belongs to '\(owner)', but here it is '\(given)'")
  }
  static func needs(_ at: SourceLocation, _ path: String, _ what: String) -> RecipeError {
    RecipeError(at: at, "'\(path)' needs \(what)")
  }
  static func noTasks(_ at: SourceLocation) -> RecipeError {
    RecipeError(
      at: at, "'tasks' must name at least one task", hint: "for example 'tasks: {label: {train: …}}'")
  }
  static func unknownHead(_ at: SourceLocation, _ head: String, registered: [String]) -> RecipeError {
    let hint =
      registered.isEmpty
      ? "register it: 'heads: {\(printable(head)): {plugin: linear, labels: from-data}}'"
      : didYouMean(head, among: registered, label: "registered")
    return RecipeError(at: at, "no head '\(printable(head))' is registered under 'heads'", hint: hint)
  }
  static func nothingToKeep(_ at: SourceLocation, _ head: String) -> RecipeError {
    RecipeError(
      at: at, "head '\(printable(head))' cannot keep its weights: the model starts from random ones",
      hint: "write 'weights: new'")
  }
  static func notOneStep(_ node: YAMLNode, _ path: String) -> RecipeError {
    RecipeError(
      at: node.location, "'\(path)' must hold exactly one transform", hint: "begin each with its own '- '")
  }
  static func unknownTransform(_ at: SourceLocation, _ name: String, known: [String]) -> RecipeError {
    RecipeError(
      at: at, "unknown transform '\(printable(name))'",
      hint: didYouMean(name, among: known, label: "there are"))
  }
  static func badSchema(_ node: YAMLNode, wanted: String) -> RecipeError {
    wrongType(node, "schema", wanted: "'\(wanted)'", hint: "this file is of another version of zoo")
  }
  static func unwritableData(_ spec: String) -> RecipeError {
    RecipeError(
      at: SourceLocation(file: ""),
      "the data '\(printable(spec))' is no folder, .tar, .csv or .jsonl file, or pattern of shards",
      hint: "or write it out: '{format: tensors, x: x.npy, labels: labels.npy, classes: 10}'")
  }
}

// MARK: - Parts of sentences

/// A node as the object of a sentence: `the text 'a'`, `the number 3`, `a list`.
func naming(_ node: YAMLNode) -> String {
  switch node.content {
  case .sequence: return "a list"
  case .mapping: return "a mapping"
  case .scalar(let text, let plain):
    switch YAMLScalar(text, plain: plain) {
    case .null: return "empty"
    case .bool(let value): return String(value)
    case .integer(let text), .float(let text): return "the number \(printable(text, limit: 40))"
    case .text(let text): return text.isEmpty ? "an empty text" : "the text '\(printable(text))'"
    }
  }
}

func didYouMean(_ name: String, among known: [String], label: String) -> String {
  let shown = known.prefix(40).map { printable($0) }.joined(separator: ", ")
  let all = "\(label): \(shown)" + (known.count > 40 ? ", …" : "")
  return suggestion(for: name, among: known).map { "did you mean '\(printable($0))'? \(all)" } ?? all
}
