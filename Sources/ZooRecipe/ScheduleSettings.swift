/// The shape of the learning rate after warm-up.
public enum ScheduleKind: String, RecipeChoice {
  /// The rate as it is.
  case constant
  /// Half a cosine from the rate to `end` over the steps after warm-up.
  case cosine
  /// A straight line from the rate to `end` over the steps after warm-up.
  case linear
  /// Times `factor` at each milestone.
  case step
}

/// The learning rate over the steps, as a multiple of the optimiser's rate.
public struct ScheduleSettings: Sendable, Equatable {
  /// The shape after warm-up.
  public let kind: ScheduleKind
  /// Steps over which the rate rises linearly from 0.
  public let warmup: Int
  /// Steps at which a `step` schedule falls, rising; empty for the others.
  public let milestones: [Int]
  /// What the rate is multiplied with at each milestone.
  public let factor: Double
  /// The rate that `cosine` and `linear` come down to after the last step.
  public let end: Double

  public init(
    kind: ScheduleKind = RecipeDefaults.schedule, warmup: Int = RecipeDefaults.warmup, milestones: [Int] = [],
    factor: Double = RecipeDefaults.stepFactor, end: Double = RecipeDefaults.scheduleEnd
  ) {
    self.kind = kind
    self.warmup = warmup
    self.milestones = milestones
    self.factor = factor
    self.end = end
  }
}

enum ScheduleKey: String, CaseIterable { case kind, warmup, milestones, factor, end }

extension ScheduleKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .kind: .choice(RecipeDefaults.schedule, "The shape of the rate after the warm-up.")
    case .warmup:
      .standard(
        .integer(.within(0, mostSteps)), RecipeDefaults.warmup,
        "Steps over which the rate rises in a line from 0: rate · step / warmup.")
    case .milestones:
      .optional(
        .list(.integer(.within(1, mostSteps))), otherwise: "only for `kind: step`, which needs it",
        "Rising steps; from the step after each on, the rate is multiplied by `factor`.", example: "[200, 300]")
    case .factor:
      .standard(.number(.upTo(0, 1)), RecipeDefaults.stepFactor, "What a milestone multiplies; only for `kind: step`.")
    case .end:
      .standard(
        .number(.atLeast(0)), RecipeDefaults.scheduleEnd,
        "The rate after the last step; only for `cosine` and `linear`.")
    }
  }
}

extension ScheduleSettings {
  init(_ reader: MappingReader<ScheduleKey>) throws {
    kind = try reader.choice(.kind) ?? RecipeDefaults.schedule
    warmup = try reader.int(.warmup) ?? RecipeDefaults.warmup
    if kind == .constant || kind == .step {
      try reader.refuse([.end], belongingTo: "kind: cosine", given: kind.rawValue)
    }
    end = try reader.double(.end) ?? RecipeDefaults.scheduleEnd
    guard kind == .step else {
      try reader.refuse([.milestones, .factor], belongingTo: "kind: step", given: kind.rawValue)
      milestones = []
      factor = RecipeDefaults.stepFactor
      return
    }
    _ = try reader.required(.milestones)
    var last = 0
    milestones =
      try reader.list(.milestones) { item, path in
        let value = try readInt(item, path, .within(1, mostSteps))
        if value <= last { throw RecipeError.notAscending(item, path) }
        last = value
        return value
      } ?? []
    factor = try reader.double(.factor) ?? RecipeDefaults.stepFactor
  }
}
