/// Among which examples partners are drawn.
public enum MixupScope: String, RecipeChoice {
  /// The whole batch, so that micro-batches change nothing.
  case batch
  /// Each micro-batch for itself, as BiT's PyTorch code does it.
  case microBatch = "micro-batch"
}

/// `train.mixup`: each example becomes λ of itself and 1 - λ of a partner, image and label alike (Zhang et al. 2018).
public struct MixupSettings: Sendable, Equatable {
  /// λ is drawn from Beta(alpha, alpha), once for each step; 0: no mixup.
  public let alpha: Double
  /// Where partners come from.
  public let within: MixupScope

  public init(alpha: Double = RecipeDefaults.mixup, within: MixupScope = .batch) {
    self.alpha = alpha
    self.within = within
  }
}

enum MixupKey: String, RecipeKey {
  case alpha, within

  var field: RecipeField {
    switch self {
    case .alpha:
      .standard(
        .number(.within(0, 1000)), RecipeDefaults.mixup, "One λ for each step, drawn from Beta(alpha, alpha); 0: none.",
        example: "0.1")
    case .within:
      .choice(MixupScope.batch, "Where partners come from: the batch, or the micro-batch as in BiT's PyTorch code.")
    }
  }
}

extension MixupSettings {
  init(_ reader: MappingReader<MixupKey>) throws {
    alpha = try reader.double(.alpha) ?? RecipeDefaults.mixup
    within = try reader.choice(.within) ?? .batch
  }
}
