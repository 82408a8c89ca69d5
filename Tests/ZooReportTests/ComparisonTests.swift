import Testing
import ZooReport

@Suite struct ComparisonTests {
  private func run(_ name: String, loss: [Double], top1: [Double]) -> RunComparison.Run {
    RunComparison.Run(
      name: name,
      history: RunHistory(
        steps: loss.enumerated().map { RunHistory.Record(step: $0 + 1, values: [.init("loss", $1)]) },
        evaluations: top1.enumerated().map {
          RunHistory.Evaluation(
            task: "label",
            record: RunHistory.Record(
              step: 10 * ($0 + 1), values: [.init("top-1", $1), .init("loss", 1 - $1), .init("images", 9)]))
        }))
  }

  @Test func theTableMarksTheBestOfEachColumn() {
    let comparison = RunComparison([
      run("sgd", loss: [2, 1], top1: [0.5, 0.9, 0.8]), run("adamw-long", loss: [2, 1.5, 0.25], top1: [0.75]),
      run("none", loss: [], top1: []),
    ])
    #expect(
      comparison.table == """
        run         steps    loss    top-1      loss
        sgd             2  1.0000  80.00 % *  0.2000 *
        adamw-long      3  0.2500  75.00 %    0.2500
        none            –       –        –         –
        """)
  }

  @Test func ofLossesTheSmallestIsBest() throws {
    let sgd = run("sgd", loss: [1], top1: [0.5, 0.9, 0.8])
    let comparison = RunComparison([sgd])
    let accuracy = try #require(comparison.cell(sgd, "label", "top-1"))
    #expect(accuracy.last == 0.8 && accuracy.best == 0.9 && accuracy.bestStep == 20)
    let loss = try #require(comparison.cell(sgd, "label", "loss"))
    #expect(loss.best == 1 - 0.9 && loss.bestStep == 20)
    #expect(comparison.cell(sgd, "label", "mae") == nil)
  }

  @Test func thePageHasEveryRunInEveryChart() {
    let page = RunComparison([
      run("first", loss: [1, 2], top1: [0.5, 0.6]), run("second", loss: [1, 2], top1: [0.5, 0.7]),
    ]).html()
    #expect(page.split(separator: "first", omittingEmptySubsequences: false).count > 6)
    #expect(page.contains("title=\"best 70.00 % after step 20\">70.00 %</td>"))
    #expect(page.contains("<td class=\"n best\" title=\"best 70.00 %"))
  }
}
