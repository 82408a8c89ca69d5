/// An entry of `train.groups`: what it says holds for the parameters that its pattern matches. Where several entries
/// match a parameter and say the same thing, the last one holds.
public struct ParameterGroupSettings: Sendable, Equatable {
  /// Which parameters.
  public let match: ParameterPattern
  /// Times the rate of the step; nil: silent.
  public let rate: Double?
  /// The weight decay in place of the optimiser's, norms and biases included where they match; nil: silent.
  public let decay: Double?
  /// Whether they stay as they are; nil: silent.
  public let freeze: Bool?
  /// Where the pattern is written.
  public let location: SourceLocation

  public init(
    match: ParameterPattern, rate: Double? = nil, decay: Double? = nil, freeze: Bool? = nil,
    location: SourceLocation = .generated
  ) {
    self.match = match
    self.rate = rate
    self.decay = decay
    self.freeze = freeze
    self.location = location
  }
}

enum ParameterGroupKey: String, RecipeKey {
  case match, rate, decay, freeze

  var field: RecipeField {
    switch self {
    case .match:
      .required(
        .text, "Names with `*` and `?`, `depth 0..3` (also `..3`, `4..`, `2`), `head NAME`, or `backbone`.",
        example: "blocks.*.attn.*")
    case .rate: .optional(.number(.atLeast(0)), otherwise: "as it was", "Times the rate of the step.", example: "0.1")
    case .decay:
      .optional(
        .number(.atLeast(0)), otherwise: "as it was", "The weight decay, norms and biases included.", example: "0.0")
    case .freeze: .optional(.truth, otherwise: "as it was", "Whether they stay as they are.", example: "true")
    }
  }
}

extension ParameterGroupSettings {
  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<ParameterGroupKey>(node, path: path)
    let pattern = try reader.required(.match)
    match = try ParameterPattern(pattern, reader.path(.match))
    location = pattern.location
    rate = try reader.double(.rate)
    decay = try reader.double(.decay)
    freeze = try reader.bool(.freeze)
    if rate == nil, decay == nil, freeze == nil {
      throw RecipeError.needs(node.location, path, "a 'rate', a 'decay' or a 'freeze'")
    }
  }
}

extension ParameterPattern {
  init(_ node: YAMLNode, _ path: String) throws {
    guard let pattern = ParameterPattern(try readText(node, path)) else {
      throw RecipeError.badPattern(node, path)
    }
    self = pattern
  }
}
