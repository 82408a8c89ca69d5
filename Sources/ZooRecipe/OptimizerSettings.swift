/// The update rule.
public enum OptimizerKind: String, RecipeChoice {
  /// Stochastic gradient descent with momentum: v = m·v + g, w = w - rate·v.
  case sgd
  /// Adam with bias correction and decoupled decay (Loshchilov & Hutter 2019).
  case adamw
}

/// `train.optimizer`.
public struct OptimizerSettings: Sendable, Equatable {
  /// The update rule.
  public let kind: OptimizerKind
  /// The learning rate that the schedule multiplies.
  public let rate: Double
  /// Of `sgd`; from 0 to below 1.
  public let momentum: Double
  /// Of `sgd`: step along g + m·v instead of v.
  public let nesterov: Bool
  /// How quickly `adamw` forgets gradients.
  public let beta1: Double
  /// How quickly `adamw` forgets their squares.
  public let beta2: Double
  /// Added to `adamw`'s divisor.
  public let epsilon: Double
  /// Of weights that decay (no norms, no biases): times the weight, it is added to the gradient (`sgd`), or, decoupled,
  /// times the rate it is taken off the weight.
  public let weightDecay: Double
  /// Whether decay stays out of the gradient; always so for `adamw`.
  public let decoupled: Bool

  public init(
    kind: OptimizerKind = .sgd, rate: Double = RecipeDefaults.rate,
    momentum: Double = RecipeDefaults.momentum, nesterov: Bool = RecipeDefaults.nesterov,
    beta1: Double = RecipeDefaults.beta1, beta2: Double = RecipeDefaults.beta2,
    epsilon: Double = RecipeDefaults.epsilon, weightDecay: Double = RecipeDefaults.weightDecay,
    decoupled: Bool? = nil
  ) {
    self.kind = kind
    self.rate = rate
    self.momentum = momentum
    self.nesterov = nesterov
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.decoupled = decoupled ?? (kind == .adamw)
  }
}

enum OptimizerKey: String, CaseIterable {
  case kind, rate, momentum, nesterov, beta1, beta2, epsilon
  case weightDecay = "weight-decay"
  case decoupled
}

extension OptimizerKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .kind: .choice(OptimizerKind.sgd, "The update rule.")
    case .rate:
      .standard(.number(.atLeast(0)), RecipeDefaults.rate, "The learning rate that the schedule multiplies.")
    case .momentum:
      .standard(.number(.below(0, 1)), RecipeDefaults.momentum, "v = momentum · v + gradient; only for `sgd`.")
    case .nesterov:
      .standard(.truth, RecipeDefaults.nesterov, "Step along gradient + momentum · v instead of v; only for `sgd`.")
    case .beta1:
      .standard(.number(.below(0, 1)), RecipeDefaults.beta1, "How quickly `adamw` forgets gradients.")
    case .beta2:
      .standard(.number(.below(0, 1)), RecipeDefaults.beta2, "How quickly `adamw` forgets their squares.")
    case .epsilon: .standard(.number(.above(0)), RecipeDefaults.epsilon, "Added to the divisor of `adamw`.")
    case .weightDecay:
      .standard(
        .number(.atLeast(0)), RecipeDefaults.weightDecay,
        "Of weights that decay (no norms, no biases): added to the gradient, or, decoupled, taken off times the rate.")
    case .decoupled:
      .optional(
        .truth, otherwise: "`false`; `adamw` is always decoupled", "Whether `sgd` keeps the decay out of the gradient.",
        example: "true")
    }
  }
}

extension OptimizerSettings {
  init(_ reader: MappingReader<OptimizerKey>) throws {
    kind = try reader.choice(.kind) ?? .sgd
    rate = try reader.double(.rate) ?? RecipeDefaults.rate
    switch kind {
    case .sgd: try reader.refuse([.beta1, .beta2, .epsilon], belongingTo: "kind: adamw", given: kind.rawValue)
    case .adamw: try reader.refuse([.momentum, .nesterov, .decoupled], belongingTo: "kind: sgd", given: kind.rawValue)
    }
    momentum = try reader.double(.momentum) ?? RecipeDefaults.momentum
    nesterov = try reader.bool(.nesterov) ?? RecipeDefaults.nesterov
    beta1 = try reader.double(.beta1) ?? RecipeDefaults.beta1
    beta2 = try reader.double(.beta2) ?? RecipeDefaults.beta2
    epsilon = try reader.double(.epsilon) ?? RecipeDefaults.epsilon
    weightDecay = try reader.double(.weightDecay) ?? RecipeDefaults.weightDecay
    decoupled = try reader.bool(.decoupled) ?? (kind == .adamw)
    if nesterov, momentum == 0, let node = reader.node(.nesterov) {
      throw RecipeError.needs(node.location, reader.path(.nesterov), "a momentum above 0")
    }
  }
}
