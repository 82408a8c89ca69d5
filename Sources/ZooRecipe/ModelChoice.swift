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

enum FreshModelKey: String, RecipeKey { case architecture, options, seed }

extension ModelChoice {
  init(_ node: YAMLNode, _ path: String) throws {
    guard node.entries != nil else {
      self = .stored(try RecipePath(node, path))
      return
    }
    let reader = try MappingReader<FreshModelKey>(node, path: path)
    let architecture = try reader.required(.architecture, example: "vit-b16")
    self = .fresh(
      FreshModel(
        architecture: try readText(architecture, reader.path(.architecture)),
        options: try reader.node(.options).map { try PluginOptions($0, reader.path(.options)) }
          ?? PluginOptions(),
        seed: try reader.int(.seed, .atLeast(0)) ?? RecipeDefaults.modelSeed,
        location: architecture.location))
  }
}
