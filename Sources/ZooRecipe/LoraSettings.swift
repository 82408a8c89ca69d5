/// `train.lora`: low-rank updates of the trunk's linear weights in place of the weights (LoRA, Hu et al. 2021).
///
/// W [out, in] becomes W + alpha / rank · B·A with A [rank, in] and B [out, rank], which learn; the trunk's own parameters
/// do not, unless `groups` say so.
public struct LoraSettings: Sendable, Equatable {
  /// A pattern with its place in the recipe.
  public struct Match: Sendable, Equatable {
    public let pattern: ParameterPattern
    public let location: SourceLocation
  }

  public let rank: Int
  /// Times B·A, divided by the rank.
  public let alpha: Double
  /// Which weights; those of linear layers among what they match.
  public let match: [Match]
  /// Whether the recipe names no patterns of its own.
  public let matchesByDefault: Bool
  /// Where the entry is written.
  public let location: SourceLocation

  /// What multiplies B·A.
  public var scale: Double { alpha / Double(rank) }
}

enum LoraKey: String, RecipeKey {
  case rank, alpha, match

  var field: RecipeField {
    switch self {
    case .rank: .standard(.integer(.within(1, 4096)), RecipeDefaults.loraRank, "Rows of A and columns of B.")
    case .alpha:
      .optional(
        .number(.above(0)), otherwise: "the rank", "W + alpha / rank · B·A takes the place of W.", example: "16.0")
    case .match:
      .optional(
        .list(.text), otherwise: "`\(RecipeDefaults.loraMatch.joined(separator: "`, `"))`",
        "Which of the trunk's linear weights, by the patterns of `groups`.", example: "[blocks.*.attn.*]")
    }
  }
}

extension LoraSettings {
  init(_ reader: MappingReader<LoraKey>) throws {
    let rank = try reader.int(.rank) ?? RecipeDefaults.loraRank
    self.rank = rank
    alpha = try reader.double(.alpha) ?? Double(rank)
    location = reader.node.location
    let standard = RecipeDefaults.loraMatch.compactMap { ParameterPattern($0) }
    let written = try reader.list(.match) { node, path in
      Match(pattern: try ParameterPattern(node, path), location: node.location)
    }
    matchesByDefault = written == nil
    match = written ?? standard.map { [location] in Match(pattern: $0, location: location) }
    if match.isEmpty { throw RecipeError.needs(location, reader.path(.match), "a pattern") }
  }
}
