import Testing
import ZooRecipe
import ZooTrain

/// `get_lr` of google-research/big_transfer, bit_hyperrule.py, put down again for the comparison.
private func releasedRate(_ step: Int, _ knots: [Int]) -> Double? {
  if step < knots[0] { return 0.003 * Double(step) / Double(knots[0]) }
  if step >= knots[knots.count - 1] { return nil }
  var rate = 0.003
  for knot in knots.dropFirst() where knot < step { rate /= 10 }
  return rate
}

@Suite("A rule's schedule as the trainer follows it")
struct RuleScheduleTests {
  @Test(arguments: [
    (19_999, [100, 200, 300, 400, 500]), (20_000, [500, 3000, 6000, 9000, 10_000]),
    (499_999, [500, 3000, 6000, 9000, 10_000]), (500_000, [500, 6000, 12_000, 18_000, 20_000]),
  ])
  func everyStepOfTheReleasedRule(_ examples: Int, _ knots: [Int]) {
    let values = BiTHyperRule().values(RuleFacts(examples: examples, size: ImageSize(height: 32, width: 32)))
    let schedule = Schedule(
      ScheduleSettings(kind: values.schedule, warmup: values.warmup, milestones: values.milestones), rate: values.rate,
      steps: values.steps)
    for step in 0..<values.steps {
      guard let released = releasedRate(step, knots) else {
        Issue.record("the released run ends before step \(step)")
        return
      }
      #expect(abs(schedule.rate(at: step) - released) <= 1e-12 * released, "step \(step)")
    }
    #expect(releasedRate(values.steps, knots) == nil)
  }
}
