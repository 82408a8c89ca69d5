import ZooRecipe

/// The rate around every knot of a schedule.
public struct ScheduleTrace: Sendable {
  public struct Line: Sendable, Equatable {
    /// Counted from 0, as schedules are.
    public let step: Int
    public let rate: Double
    /// What happens here, or just before or after.
    public let note: String
  }

  public let lines: [Line]

  /// - Parameters:
  ///   - settings: with knots in steps.
  ///   - steps: of the run.
  public init(_ settings: ScheduleSettings, rate: Double, steps: Int) {
    let schedule = Schedule(settings, rate: rate, steps: steps)
    var notes: [(step: Int, note: String)] = [(0, "first step"), (steps - 1, "last step")]
    if settings.warmup > 0 { notes.append((settings.warmup, "end of the warm-up")) }
    if settings.kind == .step {
      for milestone in settings.milestones { notes.append((milestone, "milestone: falls after it")) }
    }
    let wanted = Set(notes.flatMap { [$0.step &- 1, $0.step, $0.step &+ 1] }.filter { $0 >= 0 && $0 < steps })
    lines = wanted.sorted().map { step in
      Line(
        step: step, rate: schedule.rate(at: step),
        note: notes.filter { $0.step == step }.map(\.note).joined(separator: ", "))
    }
  }
}
