/// What `config.yaml` says of a model whose products are computed in int8: `quantization`.
public struct ModelQuantization: Sendable, Equatable {
  /// Weights int8 with a scale for each output channel, activations bytes with one scale and zero point.
  public static let scheme = "int8"

  /// How the range of activations was chosen.
  public enum Range: String, RecipeChoice {
    /// All that was seen.
    case minMax = "min-max"
    /// All but one value in ten thousand at each end.
    case percentile
    /// The range with the least mean squared error.
    case mse
  }

  /// The parameters that are int8, in the order of the model's products.
  public var weights: [String]
  /// Images that the ranges were measured on.
  public var images: Int
  public var range: Range
  /// How much of the spread between channels was moved from activations into weights: 0 none, 1 all.
  public var migration: Double

  public init(weights: [String], images: Int, range: Range, migration: Double) {
    (self.weights, self.images, self.range, self.migration) = (weights, images, range, migration)
  }

  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<ModelQuantizationKey>(node, path: path)
    let scheme = try reader.required(.scheme, example: Self.scheme)
    guard scheme.textValue == Self.scheme else {
      throw RecipeError.wrongType(scheme, reader.path(.scheme), wanted: "'\(Self.scheme)', the only scheme this zoo knows")
    }
    let list = try reader.required(.weights, example: "[blocks.0.attn.qkv.weight]")
    weights = try readList(list, reader.path(.weights), readText)
    if weights.isEmpty { throw RecipeError.wrongCount(list, reader.path(.weights), wanted: "at least one name", found: 0) }
    var known = Set<String>()
    for name in weights where !known.insert(name).inserted {
      throw RecipeError.repeated(list, reader.path(.weights), name)
    }
    images = try reader.int(.images, .within(0, Int(Int32.max))) ?? 0
    range = try reader.choice(.range) ?? .minMax
    migration = try reader.double(.migration, .within(0, 1)) ?? 0
  }

  var node: YAMLNode {
    .map([
      ("scheme", .text(Self.scheme)), ("images", .int(images)), ("range", .text(range.rawValue)),
      ("migration", .double(migration)), ("weights", .list(weights.map(YAMLNode.text))),
    ])
  }
}

enum ModelQuantizationKey: String, MappingKey { case scheme, images, range, migration, weights }
