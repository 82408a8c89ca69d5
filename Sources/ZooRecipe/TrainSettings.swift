/// How long to train.
public enum TrainLength: Sendable, Equatable {
  case steps(Int)
  /// Passes over the training data.
  case epochs(Int)
}

/// The training loop's numbers.
public struct TrainSettings: Sendable, Equatable {
  /// Steps or epochs.
  public let length: TrainLength
  /// Examples in one optimiser step.
  public let batch: Int
  /// Examples computed at once; their gradients add up to those of the batch. Nil: as many as fit.
  public let microBatch: Int?
  /// Of the order of the data, the transforms and fresh weights.
  public let seed: Int
  /// The update rule and its numbers.
  public let optimizer: OptimizerSettings
  /// The learning rate over the steps.
  public let schedule: ScheduleSettings
  /// Parameters that are treated apart.
  public let groups: [ParameterGroupSettings]
  /// Times the rate for each step of depth below the backbone's last; nil: the same rate everywhere.
  public let layerDecay: Double?
  /// A moving average of the weights; nil: none.
  public let average: AverageSettings?
  /// The largest global norm of the gradient; nil: no clipping.
  public let clipNorm: Double?
  /// Whether each epoch has an order of its own.
  public let shuffle: Bool
  /// Steps between evaluations; nil: at the end only.
  public let evaluateEvery: Int?
  /// Steps between lines of the log.
  public let logEvery: Int
}

enum TrainKey: String, RecipeKey {
  case steps, epochs, batch
  case microBatch = "micro-batch"
  case seed, optimizer, schedule
  case clipNorm = "clip-norm"
  case shuffle
  case evaluateEvery = "evaluate-every"
  case logEvery = "log-every"
  case groups
  case layerDecay = "layer-decay"
  case average
}

extension TrainSettings {
  init(_ reader: MappingReader<TrainKey>) throws {
    length = try readLength(reader)
    let batch = try reader.int(.batch, .within(1, 1_048_576)) ?? RecipeDefaults.batch
    self.batch = batch
    microBatch = try reader.int(.microBatch, .within(1, batch))
    seed = try reader.int(.seed, .atLeast(0)) ?? RecipeDefaults.seed
    optimizer =
      try reader.mapping(.optimizer, OptimizerKey.self, OptimizerSettings.init) ?? OptimizerSettings()
    schedule = try reader.mapping(.schedule, ScheduleKey.self, ScheduleSettings.init) ?? ScheduleSettings()
    groups = try reader.list(.groups, ParameterGroupSettings.init) ?? []
    layerDecay = try reader.double(.layerDecay, .upTo(0, 1))
    average = try reader.mapping(.average, AverageKey.self, AverageSettings.init)
    clipNorm = try reader.double(.clipNorm, .above(0))
    shuffle = try reader.bool(.shuffle) ?? RecipeDefaults.shuffle
    evaluateEvery = try reader.int(.evaluateEvery, .atLeast(1))
    logEvery = try reader.int(.logEvery, .atLeast(1)) ?? RecipeDefaults.logEvery
  }
}

private func readLength(_ reader: MappingReader<TrainKey>) throws -> TrainLength {
  let steps = try reader.int(.steps, .within(1, 1_000_000_000))
  let epochs = try reader.int(.epochs, .within(1, 1_000_000))
  switch (steps, epochs) {
  case (let steps?, nil): return .steps(steps)
  case (nil, let epochs?): return .epochs(epochs)
  case (nil, nil): throw RecipeError.neitherGiven(reader.node.location, reader.path, "steps", "epochs")
  default:
    let at = reader.entry(.epochs)?.keyLocation ?? reader.node.location
    let other = reader.entry(.steps)?.keyLocation ?? reader.node.location
    throw RecipeError.bothGiven(at, "epochs", "steps", other)
  }
}
