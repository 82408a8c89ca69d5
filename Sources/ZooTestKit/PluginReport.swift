import ZooJSON

/// What `zoo plugin check` found.
public struct PluginReport: Sendable, CustomStringConvertible {
  public enum Outcome: String, Sendable { case passed, failed, skipped }

  /// One point of the contract for one component.
  public struct Verdict: Sendable, CustomStringConvertible {
    /// `head 'linear'`; the file's name for what concerns all of it.
    public let subject: String
    public let point: String
    public let outcome: Outcome
    /// What was tried, or what is wrong.
    public let detail: String
    public var description: String { "\(outcome.rawValue): \(subject): \(point): \(detail)" }
  }

  public let verdicts: [Verdict]
  public var failures: [Verdict] { verdicts.filter { $0.outcome == .failed } }
  public var description: String { (failures.isEmpty ? verdicts : failures).map(\.description).joined(separator: "\n") }

  /// From what the command prints.
  init(_ text: String) throws {
    do {
      verdicts = try JSONParser.parse(text).array("verdicts").map { item in
        guard let outcome = Outcome(rawValue: try item.string("outcome")) else { throw JSONError("unknown outcome") }
        return Verdict(
          subject: try item.string("subject"), point: try item.string("point"), outcome: outcome,
          detail: try item.string("detail"))
      }
    } catch { throw TestKitError("`zoo plugin check` answered '\(text.prefix(200))': \(error)") }
  }
}

/// Why a plugin could not be checked.
public struct TestKitError: Error, Sendable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
