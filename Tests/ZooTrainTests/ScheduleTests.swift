import Testing
import ZooRecipe
import ZooTrain

@Suite("The learning rate of each step")
struct ScheduleTests {
  private func rates(_ settings: ScheduleSettings, rate: Double, steps: Int, at: [Int]) -> [Double] {
    let schedule = Schedule(settings, rate: rate, steps: steps)
    return at.map { schedule.rate(at: $0) }
  }

  private func expect(_ got: [Double], _ want: [Double]) {
    #expect(got.count == want.count)
    for (got, want) in zip(got, want) { #expect(abs(got - want) < 1e-12, "\(got) instead of \(want)") }
  }

  @Test func constant() {
    expect(rates(ScheduleSettings(), rate: 0.3, steps: 10, at: [0, 1, 9]), [0.3, 0.3, 0.3])
  }

  @Test func warmUpBeginsAtNothing() {
    let settings = ScheduleSettings(kind: .constant, warmup: 4)
    expect(rates(settings, rate: 0.8, steps: 10, at: [0, 1, 2, 3, 4, 9]), [0, 0.2, 0.4, 0.6, 0.8, 0.8])
  }

  /// Half a cosine over the eight steps after the warm-up: at a quarter of them (1 + √½) / 2.
  @Test func cosine() {
    let settings = ScheduleSettings(kind: .cosine, warmup: 2)
    expect(
      rates(settings, rate: 1, steps: 10, at: [0, 1, 2, 4, 6, 8, 10]),
      [0, 0.5, 1, 0.853553390593274, 0.5, 0.146446609406726, 0])
  }

  @Test func linear() {
    let settings = ScheduleSettings(kind: .linear, warmup: 2)
    expect(rates(settings, rate: 1, steps: 10, at: [0, 1, 2, 4, 9, 10]), [0, 0.5, 1, 0.75, 0.125, 0])
  }

  @Test func anEndAboveNothing() {
    expect(
      rates(ScheduleSettings(kind: .cosine, warmup: 2, end: 0.2), rate: 1, steps: 10, at: [0, 1, 2, 6, 10]),
      [0, 0.5, 1, 0.6, 0.2])
    expect(
      rates(ScheduleSettings(kind: .linear, warmup: 2, end: 0.2), rate: 1, steps: 10, at: [0, 1, 2, 6, 10]),
      [0, 0.5, 1, 0.6, 0.2])
  }

  /// A milestone counts from the step after it.
  @Test func step() {
    let settings = ScheduleSettings(kind: .step, warmup: 2, milestones: [4, 6], factor: 0.1)
    expect(
      rates(settings, rate: 3, steps: 10, at: [0, 1, 2, 4, 5, 6, 7, 9]), [0, 1.5, 3, 3, 0.3, 0.3, 0.03, 0.03])
  }

  @Test func aWarmUpLongerThanTheRunStaysBelowTheRate() {
    let settings = ScheduleSettings(kind: .cosine, warmup: 100)
    expect(rates(settings, rate: 1, steps: 10, at: [0, 5, 9]), [0, 0.05, 0.09])
  }
}
