/// A suite of tasks that transfer is measured by, such as VTAB-1k: which data, which parts of them, which labels.
public struct Suite: Sendable {
  public static let schema = "zoo.suite/1"

  public let name: String
  public let title: String
  /// In the file's order; names are distinct.
  public let tasks: [SuiteTask]

  /// In the order of their first tasks.
  public var groups: [String] {
    tasks.reduce(into: []) { if let group = $1.group, !$0.contains(group) { $0.append(group) } }
  }
}

/// One task of a suite.
public struct SuiteTask: Sendable {
  /// How often, and from how many labels, a task is learnt.
  public enum Amount: Sendable, Equatable {
    /// So many of each class.
    case perClass(Int)
    /// All of the training part.
    case all
  }

  public let name: String
  /// Tasks whose scores have a mean of their own.
  public let group: String?
  /// The folder of its data under the root.
  public let data: String
  /// What is learnt from; nil for a task that a trained model is only measured on.
  public let train: SuiteSlice?
  /// What settings are chosen on; learnt from too in the end.
  public let validation: SuiteSlice?
  public let test: SuiteSlice
  /// How a label follows from a sample's annotations; nil where it is there.
  public let label: LabelRecipe?
  /// How a rule crops training images; nil: as it does.
  public let crop: RuleCrop?
  /// The probability that a rule mirrors training images; nil: as it does.
  public let flip: Double?
  /// What is learnt from; all of it where the file does not say.
  public let amounts: [Amount]
  /// Trainings with different seeds (or subsets), whose median counts.
  public let runs: Int
  /// Settings of recipes (`train.batch=128`) on top of the rule.
  public let settings: [String]
  /// A file under the data's folder that says which of a model's classes each class of the data is.
  public let mapping: String?
  /// Classes that the mapping must have; nil for any number.
  public let mappedClasses: Int?
}

/// How a class follows from a sample's annotations: a measure, then a subtraction, a division or bins.
public struct LabelRecipe: Sendable, Equatable {
  public enum Measure: Sendable, Equatable {
    /// A number, by its key.
    case value(String)
    /// The number of a list's items.
    case count(String)
    /// The least number among a list's items.
    case minimum(String, of: AnnotationPath)
  }

  public let measure: Measure
  /// Items count only where this number is below the bound.
  public let condition: (path: AnnotationPath, bound: Double)?
  /// The minimum where no item counts; nil for an error.
  public let otherwise: Double?
  public let subtract: Double
  /// The quotient is rounded down.
  public let divide: Double
  /// The class is the place of the last edge strictly below the value; empty for none.
  public let bins: [Double]
  /// Classes that there are; nil: as many as are found.
  public let classes: Int?

  public static func == (a: LabelRecipe, b: LabelRecipe) -> Bool {
    a.measure == b.measure && a.condition?.path == b.condition?.path && a.condition?.bound == b.condition?.bound
      && a.otherwise == b.otherwise && a.subtract == b.subtract && a.divide == b.divide && a.bins == b.bins
      && a.classes == b.classes
  }

  /// The class of a measured value; nil where the value has none.
  public func label(_ value: Double) -> Int? {
    guard value.isFinite else { return nil }
    if !bins.isEmpty {
      let place = bins.lastIndex { $0 < value }
      return place.flatMap { $0 < classes ?? bins.count ? $0 : nil }
    }
    let number = ((value - subtract) / divide).rounded(.down)
    guard number >= 0, number < Double(classes ?? 1_000_000) else { return nil }
    return Int(number)
  }
}

/// A number in an annotation: `type`, or `pixel_coords[2]`.
public struct AnnotationPath: Sendable, Equatable {
  public let key: String
  public let index: Int?

  /// nil for a text of another form.
  public init?(_ text: String) {
    let parts = text.split(separator: "[", omittingEmptySubsequences: false)
    guard let key = parts.first, !key.isEmpty, parts.count <= 2 else { return nil }
    self.key = String(key)
    guard parts.count == 2 else {
      index = nil
      return
    }
    guard parts[1].hasSuffix("]"), let number = Int(parts[1].dropLast()), number >= 0 else { return nil }
    index = number
  }
}
