import Glibc
import ZooRecipe

/// The learning rate of each step.
public struct Schedule: Sendable {
  public let settings: ScheduleSettings
  public let rate: Double
  public let steps: Int

  public init(_ settings: ScheduleSettings, rate: Double, steps: Int) {
    (self.settings, self.rate, self.steps) = (settings, rate, steps)
  }

  /// The rate of step 0, 1, …: linear warm-up from 0 (rate·step/warmup) times the schedule.
  ///
  /// `cosine` and `linear` fall to `end` over what comes after the warm-up (ViT: vit_jax/utils.py); `step` multiplies by
  /// `factor` once for each milestone *below* the step, so at the milestone itself nothing has changed yet (BiT:
  /// bit_hyperrule.py).
  public func rate(at step: Int) -> Double {
    let warm = settings.warmup > 0 ? min(1, Double(step) / Double(settings.warmup)) : 1
    let progress = min(1, max(0, Double(step - settings.warmup) / Double(max(1, steps - settings.warmup))))
    switch settings.kind {
    case .constant: return rate * warm
    case .cosine: return warm * (settings.end + (rate - settings.end) * 0.5 * (1 + cos(.pi * progress)))
    case .linear: return warm * (settings.end + (rate - settings.end) * (1 - progress))
    case .step:
      let passed = settings.milestones.filter { $0 < step }.count
      return rate * warm * pow(settings.factor, Double(passed))
    }
  }
}
