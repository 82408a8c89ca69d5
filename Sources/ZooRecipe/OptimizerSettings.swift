/// The update rule.
public enum OptimizerKind: String, RecipeChoice {
  /// Stochastic gradient descent with momentum: v = m·v + g, w = w - rate·v.
  case sgd
}

/// `train.optimizer`.
public struct OptimizerSettings: Sendable, Equatable {
  /// The update rule.
  public let kind: OptimizerKind
  /// The learning rate that the schedule multiplies.
  public let rate: Double
  /// From 0 to below 1.
  public let momentum: Double
  /// Step along g + m·v instead of v.
  public let nesterov: Bool
  /// Added to the gradient, times the weight.
  public let weightDecay: Double

  public init(
    kind: OptimizerKind = .sgd, rate: Double = RecipeDefaults.rate,
    momentum: Double = RecipeDefaults.momentum,
    nesterov: Bool = RecipeDefaults.nesterov, weightDecay: Double = RecipeDefaults.weightDecay
  ) {
    self.kind = kind
    self.rate = rate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
  }
}

enum OptimizerKey: String, RecipeKey {
  case kind, rate, momentum, nesterov
  case weightDecay = "weight-decay"
}

extension OptimizerSettings {
  init(_ reader: MappingReader<OptimizerKey>) throws {
    kind = try reader.choice(.kind) ?? .sgd
    rate = try reader.double(.rate, .atLeast(0)) ?? RecipeDefaults.rate
    momentum = try reader.double(.momentum, .below(0, 1)) ?? RecipeDefaults.momentum
    nesterov = try reader.bool(.nesterov) ?? RecipeDefaults.nesterov
    weightDecay = try reader.double(.weightDecay, .atLeast(0)) ?? RecipeDefaults.weightDecay
    if nesterov, momentum == 0, let node = reader.node(.nesterov) {
      throw RecipeError.needs(node.location, reader.path(.nesterov), "a momentum above 0")
    }
  }
}
