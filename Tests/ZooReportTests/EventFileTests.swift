import FoundationEssentials
import Testing
import ZooReport

@Suite struct EventFileTests {
  private let history = RunHistory(
    steps: [
      RunHistory.Record(step: 1, seconds: 1, values: [.init("loss", 2.5), .init("lr", 0.03)]),
      RunHistory.Record(step: 300, seconds: 2, values: [.init("loss", 0.1), .init("lr", 0.003)]),
    ],
    evaluations: [
      RunHistory.Evaluation(
        task: "colour",
        record: RunHistory.Record(step: 300, seconds: 2, values: [.init("top-1", 0.875), .init("images", 40)]))
    ])

  @Test func theBytesAreThoseOfTensorBoardsOwnWriter() throws {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/report/events.tfevents")
    #expect(EventFile.encode(history, start: 1_700_000_000.25) == [UInt8](try Data(contentsOf: fixture)))
  }

  /// TensorBoard follows a file that grows.
  @Test func aLongerRunBeginsWithTheBytesOfAShorter() {
    var shorter = history
    shorter.evaluations = []
    shorter.steps.removeLast()
    let (short, long) = (EventFile.encode(shorter, start: 7), EventFile.encode(history, start: 7))
    #expect(long.starts(with: short))
    #expect(EventFile.start(of: long) == 7)
    #expect(EventFile.start(of: []) == nil)
    #expect(EventFile.start(of: Array("no event file, but long enough".utf8)) == nil)
  }
}
