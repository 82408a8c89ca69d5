import ZooJSON

/// What was found of one point of the contract.
public struct ContractVerdict: Sendable, Equatable {
  public enum Outcome: String, Sendable, Equatable { case passed, failed, skipped }
  /// `head 'linear'`; the file's name for what concerns all of it.
  public let subject: String
  public let point: String
  public let outcome: Outcome
  /// What was tried, or what went wrong.
  public let detail: String

  public init(subject: String, point: String, outcome: Outcome, detail: String) {
    (self.subject, self.point, self.outcome, self.detail) = (subject, point, outcome, detail)
  }
}

/// Why a point is not kept, in one sentence.
struct Broken: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  static func unknownOption(_ name: String, known: [String]) -> Broken {
    let near = nearest(name, known).map { "; did you mean '\($0)'? " } ?? "; "
    return Broken(
      "there is no option '\(name)'" + near
        + (known.isEmpty ? "it has none" : "known: " + known.joined(separator: ", ")))
  }
}

/// Why a point does not apply.
struct NotApplicable: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
