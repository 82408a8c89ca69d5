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
  /// The same as passes over the data, in place of `milestones`; how many steps that are the data tell.
  public let milestoneEpochs: [Int]
  /// What the rate is multiplied with at each milestone.
  public let factor: Double
  /// The rate that `cosine` and `linear` come down to after the last step.
  public let end: Double

  public init(
    kind: ScheduleKind = RecipeDefaults.schedule, warmup: Int = RecipeDefaults.warmup, milestones: [Int] = [],
    milestoneEpochs: [Int] = [], factor: Double = RecipeDefaults.stepFactor, end: Double = RecipeDefaults.scheduleEnd
  ) {
    self.kind = kind
    self.warmup = warmup
    self.milestones = milestones
    self.milestoneEpochs = milestoneEpochs
    self.factor = factor
    self.end = end
  }

  /// With the milestones that were given in epochs as steps.
  public func inSteps(perEpoch steps: Int) -> ScheduleSettings {
    guard !milestoneEpochs.isEmpty else { return self }
    let found = milestoneEpochs.map { epoch in
      let (step, overflow) = epoch.multipliedReportingOverflow(by: steps)
      return overflow ? Int.max : step
    }
    return ScheduleSettings(kind: kind, warmup: warmup, milestones: found, factor: factor, end: end)
  }
}

enum ScheduleKey: String, CaseIterable {
  case kind, warmup, milestones
  case milestoneEpochs = "milestone-epochs"
  case factor, end
}

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
        .list(.integer(.within(1, mostSteps))), otherwise: "only for `kind: step`, which needs these or `milestone-epochs`",
        "Rising steps; from the step after each on, the rate is multiplied by `factor`.", example: "[200, 300]")
    case .milestoneEpochs:
      .optional(
        .list(.integer(.within(1, 1_000_000))), otherwise: "only for `kind: step`",
        "Rising numbers of passes over the largest training set, in place of `milestones`.", example: "[30, 60, 80]")
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
      try reader.refuse([.milestones, .milestoneEpochs, .factor], belongingTo: "kind: step", given: kind.rawValue)
      (milestones, milestoneEpochs) = ([], [])
      factor = RecipeDefaults.stepFactor
      return
    }
    func rising(_ key: ScheduleKey, _ range: NumberRange<Int>) throws -> [Int] {
      var last = 0
      return try reader.list(key) { item, path in
        let value = try readInt(item, path, range)
        if value <= last { throw RecipeError.notAscending(item, path) }
        last = value
        return value
      } ?? []
    }
    if let epochs = reader.entry(.milestoneEpochs) {
      if let steps = reader.entry(.milestones) {
        throw RecipeError.bothGiven(epochs.keyLocation, "milestone-epochs", "milestones", steps.keyLocation)
      }
    } else {
      _ = try reader.required(.milestones)
    }
    milestones = try rising(.milestones, .within(1, mostSteps))
    milestoneEpochs = try rising(.milestoneEpochs, .within(1, 1_000_000))
    factor = try reader.double(.factor) ?? RecipeDefaults.stepFactor
  }
}
