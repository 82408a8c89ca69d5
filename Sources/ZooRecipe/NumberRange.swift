/// The numbers a key accepts.
public enum NumberRange<Number: Comparable & Sendable>: Sendable, Equatable {
  case any
  case atLeast(Number)
  case above(Number)
  case within(Number, Number)
  /// From the first, up to but without the second.
  case below(Number, Number)
  /// Above the first, up to and with the second.
  case upTo(Number, Number)

  func holds(_ value: Number) -> Bool {
    switch self {
    case .any: true
    case .atLeast(let least): value >= least
    case .above(let bound): value > bound
    case .within(let least, let most): value >= least && value <= most
    case .below(let least, let bound): value >= least && value < bound
    case .upTo(let bound, let most): value > bound && value <= most
    }
  }

  func wanted(_ kind: String) -> String {
    switch self {
    case .any: kind
    case .atLeast(let least): "\(kind) of at least \(least)"
    case .above(let bound): "\(kind) above \(bound)"
    case .within(let least, let most): "\(kind) from \(least) to \(most)"
    case .below(let least, let bound): "\(kind) from \(least) to below \(bound)"
    case .upTo(let bound, let most): "\(kind) above \(bound) and at most \(most)"
    }
  }
}
