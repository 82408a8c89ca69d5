/// What training starts from.
public enum ModelChoice: Sendable, Equatable {
  /// A model's name in the store, or the path of a `.tar`.
  case stored(RecipePath)
  /// Random weights: an architecture (a plugin id or a named variant), its options, and a seed.
  case fresh(FreshModel)
}

/// A model with random weights.
public struct FreshModel: Sendable, Equatable {
  /// A plugin id (`vit`) or a named variant (`vit-b16`).
  public let architecture: String
  /// For the plugin to check.
  public let options: PluginOptions
  /// Of the random weights.
  public let seed: Int
  /// Where the architecture is named.
  public let location: SourceLocation
}

enum FreshModelKey: String, RecipeKey {
  case architecture, options, seed

  var field: RecipeField {
    switch self {
    case .architecture:
      .required(.text, "A backbone plugin (`vit`, `bit`) or one of its named variants.", example: "vit-b16")
    case .options:
      .optional(
        .options, otherwise: "the plugin's or the variant's", "For the plugin to check.", example: "{depth: 6}")
    case .seed: .standard(.integer(.atLeast(0)), RecipeDefaults.modelSeed, "Of the random weights.")
    }
  }
}

extension ModelChoice {
  init(_ node: YAMLNode, _ path: String) throws {
    guard node.entries != nil else {
      self = .stored(try RecipePath(node, path))
      return
    }
    let reader = try MappingReader<FreshModelKey>(node, path: path)
    let architecture = try reader.required(.architecture)
    self = .fresh(
      FreshModel(
        architecture: try readText(architecture, reader.path(.architecture)),
        options: try reader.node(.options).map { try PluginOptions($0, reader.path(.options)) }
          ?? PluginOptions(),
        seed: try reader.int(.seed) ?? RecipeDefaults.modelSeed,
        location: architecture.location))
  }
}
