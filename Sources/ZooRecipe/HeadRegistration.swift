/// What a head starts from.
public enum HeadWeights: String, RecipeChoice {
  /// As the plugin initialises them.
  case new
  /// From the head of the same name in the model's archive; a missing or reshaped one is an error.
  case keep
}

/// Where the names of a head's classes come from.
public enum HeadLabels: Sendable, Equatable {
  /// From the training data of the task that uses the head (or the archive, for a kept head).
  case fromData
  /// In the order of the classes.
  case names([String])
}

/// A task head registered by name.
public struct HeadRegistration: Sendable, Equatable {
  /// The key under `heads`.
  public let name: String
  /// The id of the head plugin.
  public let plugin: String
  /// What it starts from.
  public let weights: HeadWeights
  /// The named activation of the backbone that the head reads.
  public let input: String
  /// The names of its classes.
  public let labels: HeadLabels
  /// For the plugin to check.
  public let options: PluginOptions
  /// Where the name is written.
  public let location: SourceLocation
  /// Where the choice of weights is written (the head's name, where it is not).
  public let weightsLocation: SourceLocation
  /// Where the plugin is named (the head's name, where it is not).
  public let pluginLocation: SourceLocation
  /// Where the activation is named (the head's name, where it is not).
  public let inputLocation: SourceLocation
}

enum HeadKey: String, CaseIterable { case plugin, weights, input, labels, options }

extension HeadKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .plugin:
      .standard(.text, RecipeDefaults.headPlugin, "The id of the head plugin; `zoo plugin list` names them.")
    case .weights:
      .choice(RecipeDefaults.headWeights, "`new`: as the plugin starts them; `keep`: of the model's head of this name.")
    case .input:
      .standard(.text, RecipeDefaults.headInput, "The backbone's activation that it reads.", example: "tokens")
    case .labels:
      .standard(
        .either([.words(["from-data"]), .list(.text)]), "from-data", "The names of its classes, in order.",
        example: "[hat, shoe]")
    case .options:
      .optional(.options, otherwise: "the plugin's defaults", "For the plugin to check.", example: "{smoothing: 0.1}")
    }
  }
}

extension HeadRegistration {
  init(_ entry: YAMLEntry, _ path: String) throws {
    let reader = try MappingReader<HeadKey>(entry.value, path: path)
    name = entry.key
    location = entry.keyLocation
    plugin = try reader.text(.plugin) ?? RecipeDefaults.headPlugin
    pluginLocation = reader.node(.plugin)?.location ?? entry.keyLocation
    weights = try reader.choice(.weights) ?? RecipeDefaults.headWeights
    weightsLocation = reader.node(.weights)?.location ?? entry.keyLocation
    input = try reader.text(.input) ?? RecipeDefaults.headInput
    inputLocation = reader.node(.input)?.location ?? entry.keyLocation
    labels = try reader.node(.labels).map { try HeadLabels($0, reader.path(.labels)) } ?? .fromData
    options =
      try reader.node(.options).map { try PluginOptions($0, reader.path(.options)) } ?? PluginOptions()
  }
}

extension HeadLabels {
  init(_ node: YAMLNode, _ path: String) throws {
    if node.textValue == "from-data" {
      self = .fromData
    } else if node.items != nil {
      self = .names(try readLabels(node, path))
    } else {
      throw RecipeError.wrongType(node, path, wanted: "a list of names, or from-data")
    }
  }
}

/// Distinct, non-empty names; numbers must be quoted.
func readLabels(_ node: YAMLNode, _ path: String) throws -> [String] {
  var seen = Set<String>()
  let labels = try readList(node, path) { item, path in
    guard let text = item.textValue else { throw RecipeError.notText(item, path) }
    guard seen.insert(text).inserted else { throw RecipeError.repeated(item, path, text) }
    return text
  }
  if labels.isEmpty { throw RecipeError.wrongCount(node, path, wanted: "at least one name", found: 0) }
  return labels
}
