/// Why something cannot be measured.
public enum EvaluateError: Error, Sendable, Equatable, CustomStringConvertible {
  case tooManyFeatures(images: Int, width: Int)
  /// No example has a class.
  case nothingToLearn
  /// No example of the test data has a class.
  case nothingToMeasure
  /// A search needs examples to learn from and others to be judged on.
  case nothingToHoldOut(shots: Int)
  /// A file that is to hold results, and does not.
  case results(file: String, String)

  public var description: String {
    switch self {
    case .tooManyFeatures(let images, let width):
      "\(images) images with \(width) numbers each are more than can be measured at once; "
        + "an activation with fewer numbers (such as 'pooled') or fewer images are needed"
    case .nothingToLearn: "there is no example with a class to learn from"
    case .nothingToMeasure: "there is no example with a class to measure on"
    case .nothingToHoldOut(let shots):
      "a search needs at least 2 examples of each class, to hold some out; there \(shots == 1 ? "is" : "are") \(shots)"
    case .results(let file, let what): "\(file): \(what)"
    }
  }
}
