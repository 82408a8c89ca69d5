import ZooArchive

/// Labels given and labels known, counted.
public struct Quality: Sendable, Equatable {
  /// Given, and right.
  public var right = 0
  /// Given, and wrong.
  public var wrong = 0
  /// Right, and not given.
  public var missed = 0

  public init(right: Int = 0, wrong: Int = 0, missed: Int = 0) {
    (self.right, self.wrong, self.missed) = (right, wrong, missed)
  }

  /// Nil where nothing was given.
  public var precision: Double? { right + wrong == 0 ? nil : Double(right) / Double(right + wrong) }
  /// Nil where nothing was to be given.
  public var recall: Double? { right + missed == 0 ? nil : Double(right) / Double(right + missed) }
  /// The harmonic mean of both; nil where nothing was given nor to be given.
  public var f1: Double? {
    let all = 2 * right + wrong + missed
    return all == 0 ? nil : 2 * Double(right) / Double(all)
  }

  public static func + (a: Quality, b: Quality) -> Quality {
    Quality(right: a.right + b.right, wrong: a.wrong + b.wrong, missed: a.missed + b.missed)
  }

  var facts: JSONObject {
    func number(_ value: Double?) -> JSONValue { value.map { .double($0) } ?? .null }
    return [
      "right": .int(Int64(right)), "wrong": .int(Int64(wrong)), "missed": .int(Int64(missed)),
      "precision": number(precision), "recall": number(recall), "f1": number(f1),
    ]
  }

  init?(_ value: JSONValue?) {
    guard let right = value?["right"]?.int, let wrong = value?["wrong"]?.int, let missed = value?["missed"]?.int,
      right >= 0, wrong >= 0, missed >= 0
    else { return nil }
    self.init(right: Int(right), wrong: Int(wrong), missed: Int(missed))
  }
}
