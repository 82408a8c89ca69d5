/// Right and wrong answers to yes-or-no questions.
public struct YesNoCounts: Sendable, Equatable {
  public var truePositives = 0, falsePositives = 0, falseNegatives = 0

  public init() {}

  public mutating func add(label: Bool, answer: Bool) {
    truePositives += label && answer ? 1 : 0
    falsePositives += !label && answer ? 1 : 0
    falseNegatives += label && !answer ? 1 : 0
  }

  public static func + (a: YesNoCounts, b: YesNoCounts) -> YesNoCounts {
    var sum = a
    sum.truePositives += b.truePositives
    sum.falsePositives += b.falsePositives
    sum.falseNegatives += b.falseNegatives
    return sum
  }

  /// 2·TP / (2·TP + FP + FN); 0 where nothing was there and nothing was found.
  public var f1: Double {
    let size = 2 * truePositives + falsePositives + falseNegatives
    return size == 0 ? 0 : 2 * Double(truePositives) / Double(size)
  }
}
