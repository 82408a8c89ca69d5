/// Which weights a run evaluates and writes.
public enum AverageUse: String, RecipeChoice {
  /// The average.
  case average
  /// The last step's; the average then only stands in the checkpoints.
  case weights
}

/// `train.average`: an exponential moving average of the weights that learn.
public struct AverageSettings: Sendable, Equatable {
  /// average = decay·average + (1 - decay)·weights after every step; it begins as the weights after the first.
  public let decay: Double
  /// Whether the decay is at most (1 + n) / (10 + n) at update n = 1, 2, …, so that the first weights, which the
  /// average begins with in full, are soon forgotten.
  public let warmup: Bool
  /// Which weights are evaluated and written.
  public let use: AverageUse

  public init(decay: Double, warmup: Bool = RecipeDefaults.averageWarmup, use: AverageUse = .average) {
    self.decay = decay
    self.warmup = warmup
    self.use = use
  }
}

enum AverageKey: String, RecipeKey {
  case decay, warmup, use

  var field: RecipeField {
    switch self {
    case .decay:
      .standard(
        .number(.below(0, 1)), RecipeDefaults.averageDecay,
        "average = decay · average + (1 - decay) · weights, each step.")
    case .warmup:
      .standard(
        .truth, RecipeDefaults.averageWarmup, "Whether the decay is at most (1 + n) / (10 + n) at update n = 1, 2, ….")
    case .use: .choice(AverageUse.average, "Which weights are evaluated and written.")
    }
  }
}

extension AverageSettings {
  init(_ reader: MappingReader<AverageKey>) throws {
    decay = try reader.double(.decay) ?? RecipeDefaults.averageDecay
    warmup = try reader.bool(.warmup) ?? RecipeDefaults.averageWarmup
    use = try reader.choice(.use) ?? .average
  }
}
