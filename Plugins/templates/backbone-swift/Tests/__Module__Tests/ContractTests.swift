import Testing
import ZooTestKit

/// What every plugin must keep: `zoo plugin check`, each point of it a value.
@Test func keepsTheContract() throws {
  let report = try checkPlugin(builtLibrary("zoo-backbone-__name__"))
  #expect(report.failures.isEmpty, "\(report)")
}
