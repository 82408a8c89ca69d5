/// How long to train.
public enum TrainLength: Sendable, Equatable {
  case steps(Int)
  /// Passes over the training data.
  case epochs(Int)
}

/// Whether what a frozen trunk makes of an image is kept for the next time that the image is seen.
public enum FeatureCaching: String, RecipeChoice {
  /// Where it can be and images are seen more than once.
  case auto
  case off
  /// Where it cannot be, the recipe is wrong.
  case on
}
/// Which activations are computed again in the backward pass instead of kept; the result is the same to the bit.
public enum RecomputeChoice: String, RecipeChoice { case auto, none, blocks }

/// What the bits of a result may depend on: with `threads`, not on the number of threads.
public enum DeterministicChoice: String, RecipeChoice { case none, threads }

/// The training loop's numbers.
public struct TrainSettings: Sendable, Equatable {
  /// What fills in the values that the recipe leaves out.
  public let rule: TrainingRule?
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
  /// Low-rank updates that learn in place of the trunk; nil: none.
  public let lora: LoraSettings?
  /// A moving average of the weights; nil: none.
  public let average: AverageSettings?
  /// Pairs of examples mixed with each other; nil: none.
  public let mixup: MixupSettings?
  /// Parts of images put into each other; nil: none. Beside mixup each step is mixed in one of the two ways.
  public let cutmix: CutMixSettings?
  /// The backbone's `dropout` in this training, whatever the model's own; nil: the model's.
  public let dropout: Double?
  /// The backbone's `drop-path` (stochastic depth), likewise.
  public let dropPath: Double?
  /// Whether features of a frozen trunk are computed once.
  public let cacheFeatures: FeatureCaching
  /// What is computed twice to save memory.
  public let recompute: RecomputeChoice
  /// Whether results are the same for any number of threads.
  public let deterministic: DeterministicChoice
  /// The largest global norm of the gradient; nil: no clipping.
  public let clipNorm: Double?
  /// Whether each epoch has an order of its own.
  public let shuffle: Bool
  /// Steps between evaluations; nil: at the end only.
  public let evaluateEvery: Int?
  /// Steps between lines of the log.
  public let logEvery: Int
  /// Steps between checkpoints.
  public let checkpointEvery: Int
  /// By what the best model so far is chosen; nil: none is kept.
  public let keepBest: KeepBestSettings?
}

enum TrainKey: String, CaseIterable {
  case rule, steps, epochs, batch
  case microBatch = "micro-batch"
  case seed, optimizer, schedule
  case mixup, cutmix
  case clipNorm = "clip-norm"
  case shuffle
  case evaluateEvery = "evaluate-every"
  case logEvery = "log-every"
  case checkpointEvery = "checkpoint-every"
  case keepBest = "keep-best"
  case groups
  case layerDecay = "layer-decay"
  case lora, average, dropout
  case dropPath = "drop-path"
  case cacheFeatures = "cache-features"
  case recompute, deterministic
}

/// More steps than a run can have.
let mostSteps = 1_000_000_000

extension TrainKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .rule:
      .optional(
        .either([.choice(RuleName.self), .mapping(RuleKey.self)]), otherwise: "none",
        "Fills in what the recipe leaves out, once the data are known; `zoo plan` shows what.", example: "bit-hyperrule"
      )
    case .steps:
      .optional(
        .integer(.within(1, mostSteps)), otherwise: "`epochs` or `rule` must be there", "Optimiser steps of the run.",
        example: "500")
    case .epochs:
      .optional(
        .integer(.within(1, 1_000_000)), otherwise: "`steps` or `rule` must be there",
        "Passes over the largest training set.",
        example: "10")
    case .batch: .standard(.integer(.within(1, mostExamples)), RecipeDefaults.batch, "Examples in one optimiser step.")
    case .microBatch:
      .optional(
        .integer(.within(1, mostExamples)), otherwise: "the batch",
        "Examples computed at once, at most a batch; the step is the same.", example: "8")
    case .seed:
      .standard(.integer(.atLeast(0)), RecipeDefaults.seed, "Of the order of the data, the transforms and new weights.")
    case .optimizer:
      .standard(.mapping(OptimizerKey.self), "{}", "The update rule.", example: "{rate: 0.01}")
    case .schedule:
      .standard(
        .mapping(ScheduleKey.self), "{}", "The learning rate over the steps.",
        example: "{kind: cosine, warmup: 100}")
    case .mixup:
      .optional(
        .mapping(MixupKey.self), otherwise: "none", "Pairs of examples mixed with each other.", example: "{alpha: 0.1}")
    case .cutmix:
      .optional(
        .mapping(CutMixKey.self), otherwise: "none",
        "A part of each image put in from another; beside `mixup` each step is mixed in one of the two ways, either "
          + "equally likely.", example: "{alpha: 1.0}")
    case .clipNorm:
      .optional(
        .number(.above(0)), otherwise: "no clipping", "The largest norm of the gradient, over all parameters.",
        example: "1.0")
    case .shuffle: .standard(.truth, RecipeDefaults.shuffle, "Whether each epoch has an order of its own.")
    case .evaluateEvery:
      .optional(.integer(.atLeast(1)), otherwise: "at the end only", "Steps between evaluations.", example: "100")
    case .logEvery: .standard(.integer(.atLeast(1)), RecipeDefaults.logEvery, "Steps between lines of the log.")
    case .checkpointEvery:
      .standard(.integer(.atLeast(1)), RecipeDefaults.checkpointEvery, "Steps between checkpoints.")
    case .keepBest:
      .optional(
        .mapping(KeepBestKey.self), otherwise: "none", "Keeps the best evaluated model as `best.tar`.",
        example: "{metric: top-1}")
    case .groups:
      .optional(
        .list(.mapping(ParameterGroupKey.self)), otherwise: "all alike",
        "Parameters treated otherwise; the last entry that says something holds.",
        example: "[{match: backbone, rate: 0.1}]")
    case .layerDecay:
      .optional(
        .number(.upTo(0, 1)), otherwise: "none", "Times the rate, once for each step of depth below the deepest.",
        example: "0.75")
    case .lora:
      .optional(
        .mapping(LoraKey.self), otherwise: "none",
        "Low-rank updates of the trunk's linear weights learn in place of the trunk, and are merged into the model.",
        example: "{rank: 8}")
    case .average:
      .optional(
        .mapping(AverageKey.self), otherwise: "none", "A moving average of the weights.", example: "{decay: 0.999}")
    case .dropout:
      .optional(
        .number(.below(0, 1)), otherwise: "the model's own", "The backbone's option `dropout`, for this training.",
        example: "0.1")
    case .dropPath:
      .optional(
        .number(.below(0, 1)), otherwise: "the model's own",
        "The backbone's option `drop-path` (stochastic depth), for this training.", example: "0.1")
    case .cacheFeatures:
      .choice(
        FeatureCaching.auto,
        "Whether a frozen trunk computes each image once for all epochs, which takes training images that are the same in "
          + "every epoch; `auto` where that is so, `on` as a demand. The result is the same.")
    case .recompute:
      .choice(
        RecipeDefaults.recompute,
        "Activations that the backward pass computes again rather than keeping them; the result is the same to the bit. "
          + "`auto`: what costs next to nothing; `blocks`: all but those between blocks (activation checkpointing), for "
          + "about a third more time; `none`: nothing.")
    case .deterministic:
      .choice(
        RecipeDefaults.deterministic,
        "`threads`: the result is the same to the bit for any number of threads, which costs speed; a run may then go "
          + "on with another number.")
    }
  }
}

/// The largest batch.
private let mostExamples = 1_048_576

extension TrainSettings {
  init(_ reader: MappingReader<TrainKey>) throws {
    rule = try reader.node(.rule).map { try TrainingRule($0, reader.path(.rule)) }
    length = try readLength(reader)
    let batch = try reader.int(.batch) ?? RecipeDefaults.batch
    self.batch = batch
    microBatch = try reader.int(.microBatch, .within(1, batch))
    seed = try reader.int(.seed) ?? RecipeDefaults.seed
    optimizer =
      try reader.mapping(.optimizer, OptimizerKey.self, OptimizerSettings.init) ?? OptimizerSettings()
    schedule = try reader.mapping(.schedule, ScheduleKey.self, ScheduleSettings.init) ?? ScheduleSettings()
    groups = try reader.list(.groups, ParameterGroupSettings.init) ?? []
    layerDecay = try reader.double(.layerDecay)
    lora = try reader.mapping(.lora, LoraKey.self, LoraSettings.init)
    average = try reader.mapping(.average, AverageKey.self, AverageSettings.init)
    mixup = try reader.mapping(.mixup, MixupKey.self, MixupSettings.init)
    cutmix = try reader.mapping(.cutmix, CutMixKey.self, CutMixSettings.init)
    dropout = try reader.double(.dropout)
    dropPath = try reader.double(.dropPath)
    cacheFeatures = try reader.choice(.cacheFeatures) ?? .auto
    recompute = try reader.choice(.recompute) ?? RecipeDefaults.recompute
    deterministic = try reader.choice(.deterministic) ?? RecipeDefaults.deterministic
    clipNorm = try reader.double(.clipNorm)
    shuffle = try reader.bool(.shuffle) ?? RecipeDefaults.shuffle
    evaluateEvery = try reader.int(.evaluateEvery)
    logEvery = try reader.int(.logEvery) ?? RecipeDefaults.logEvery
    checkpointEvery = try reader.int(.checkpointEvery) ?? RecipeDefaults.checkpointEvery
    keepBest = try reader.mapping(.keepBest, KeepBestKey.self, KeepBestSettings.init)
    if evaluateEvery == nil, let node = reader.node(.keepBest) {
      throw RecipeError.needs(node.location, reader.path(.keepBest), "'evaluate-every'")
    }
  }
}

private func readLength(_ reader: MappingReader<TrainKey>) throws -> TrainLength {
  let steps = try reader.int(.steps)
  let epochs = try reader.int(.epochs)
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
