/// The words for rules.
public enum RuleName: String, RecipeChoice {
  case bit = "bit-hyperrule"
  case vit = "vit-finetune"
}

/// `train.rule`: fills what the recipe leaves unsaid, once the data are known.
public enum TrainingRule: Sendable, Equatable {
  case bit(BiTHyperRule)
  case vit(ViTFinetuneRule)

  public var name: RuleName {
    switch self {
    case .bit: .bit
    case .vit: .vit
    }
  }

  /// What errors and plans call the origin of its values.
  public var origin: SourceLocation { SourceLocation(file: "rule \(name.rawValue)") }

  public func values(_ facts: RuleFacts) -> RuleValues {
    switch self {
    case .bit(let rule): rule.values(facts)
    case .vit(let rule): rule.values(facts)
    }
  }
}

enum RuleKey: String, RecipeKey {
  case name, resolution, average, decay, steps, crop, flip

  var field: RecipeField {
    switch self {
    case .name: .required(.choice(RuleName.self), "The rule.", example: "bit-hyperrule")
    case .resolution:
      .choice(
        BiTHyperRule.Source.code,
        "Of large images. BiT: `code` 512 cropped to 480, `paper` 448 to 384 (480 for R152x4). ViT: 384; `paper` 512 for L/16."
      )
    case .average:
      .optional(
        .choice(BiTHyperRule.Source.self), otherwise: "as `resolution`",
        "`vit-finetune`: `paper` averages the weights of L/16 and H/14 by 0.9999 (table 2), the code none.",
        example: "paper")
    case .decay:
      .choice(
        BiTHyperRule.Source.code,
        "`bit-hyperrule`, below 20,000 images: the rate falls at 40, 60, 80 % of the steps, or the paper's 30, 60, 90 %."
      )
    case .steps:
      .choice(
        ViTFinetuneRule.Experiment.auto,
        "`vit-finetune`: the published experiment; `auto` by the number of training images.")
    case .crop:
      .optional(
        .choice(RuleCrop.self), otherwise: "`random`; `inception` for `vit-finetune`",
        "Of training images: `random` from a larger square.", example: "none")
    case .flip:
      .standard(
        .number(.within(0, 1)), RecipeDefaults.flipProbability,
        "The probability; BiT's TensorFlow code flips every image (1).")
    }
  }
}

extension TrainingRule {
  /// The rule's name, or a mapping with its switches.
  init(_ node: YAMLNode, _ path: String) throws {
    let mapping =
      node.entries == nil ? YAMLNode(.mapping([YAMLEntry("name", node, at: node.location)]), at: node.location) : node
    let reader = try MappingReader<RuleKey>(mapping, path: path)
    let named = try reader.required(.name)
    let name: RuleName = try readChoice(named, node.entries == nil ? path : reader.path(.name))
    let resolution = try reader.choice(.resolution) ?? BiTHyperRule.Source.code
    let average: BiTHyperRule.Source? = try reader.choice(.average)
    let crop: RuleCrop? = try reader.choice(.crop)
    let flip = try reader.double(.flip) ?? RecipeDefaults.flipProbability
    switch name {
    case .bit:
      try reader.refuse([.steps, .average], belongingTo: "name: vit-finetune", given: name.rawValue)
      self = .bit(
        BiTHyperRule(
          resolution: resolution, decay: try reader.choice(.decay) ?? .code, crop: crop ?? .random, flip: flip))
    case .vit:
      try reader.refuse([.decay], belongingTo: "name: bit-hyperrule", given: name.rawValue)
      self = .vit(
        ViTFinetuneRule(
          steps: try reader.choice(.steps) ?? .auto, resolution: resolution, average: average, crop: crop ?? .inception, flip: flip))
    }
  }
}

extension RecipeTree {
  /// The written recipe with what a rule adds to it.
  static func following(_ rule: TrainingRule, _ facts: RuleFacts, _ written: YAMLNode) -> YAMLNode {
    fill(written, with: rule.values(facts).tree(under: written, facts: facts, at: rule.origin))
  }

  /// Adds what is missing, mapping by mapping; what is written stays, but `null` is silence.
  private static func fill(_ node: YAMLNode, with other: YAMLNode) -> YAMLNode {
    guard var entries = node.entries, let added = other.entries else { return node }
    for entry in added {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        entries[index].value =
          entries[index].value.isNull ? entry.value : fill(entries[index].value, with: entry.value)
      } else {
        entries.append(entry)
      }
    }
    return YAMLNode(.mapping(entries), at: node.location)
  }
}
