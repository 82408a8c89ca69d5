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

enum ParameterGroupKey: String, RecipeKey { case match, rate, decay, freeze }

extension ParameterGroupSettings {
  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<ParameterGroupKey>(node, path: path)
    let pattern = try reader.required(.match, example: "blocks.*.attn.*")
    match = try ParameterPattern(pattern, reader.path(.match))
    location = pattern.location
    rate = try reader.double(.rate, .atLeast(0))
    decay = try reader.double(.decay, .atLeast(0))
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
