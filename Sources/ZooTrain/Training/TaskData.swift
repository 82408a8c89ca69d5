import ZooArchive
import ZooData
import ZooRecipe

/// The data of a recipe's task, opened and checked.
public struct TaskData: Sendable {
  public let dataset: any Dataset
  /// Tensors that are already what a model takes.
  public let isNormalised: Bool
  /// Classes that the recipe says there are, where it only counts them: the data may not hold them all.
  private let classCount: Int?

  public init(_ source: DataSource) throws {
    var dataset: any Dataset
    var (normalised, count) = (false, Int?.none)
    switch source.contents {
    case .folder(let path):
      dataset = try openDataset(path.existing())
      normalised = (dataset as? TensorDataset)?.isNormalised ?? false
    case .tar(let path): dataset = try openDataset(path.existing())
    case .tensors(let x, let labels, let classes):
      var names: [String] = []
      switch classes {
      case .names(let list): names = list
      case .count(let stated): count = stated
      }
      let tensors = try TensorDataset(images: x.existing(), labels: labels.existing(), classes: names)
      guard tensors.classCount <= classes.count else {
        throw TrainError.input(
          file: labels.resolved(),
          "has the label \(tensors.classCount - 1), but the recipe says \(classes.count) classes")
      }
      (dataset, normalised) = (tensors, tensors.isNormalised)
    }
    if let limit = source.limitPerClass {
      dataset = try dataset.subset(perClass: limit, seed: UInt64(source.subsetSeed))
    }
    (self.dataset, isNormalised, classCount) = (dataset, normalised, count)
  }

  /// Data named on the command line for a model's head: labels are matched by name where both have names.
  public init(_ source: DataSource, labels: ModelHead.Labels?) throws {
    let data = try TaskData(source)
    self = try labels.map { try data.mapped(to: $0, at: source.location) } ?? data
  }

  /// How these data are prepared for using a model: as its archive says, or not at all where they are ready.
  public func evaluationTransform(for model: Model) throws -> Transform {
    try transform(isNormalised ? [] : model.config.preprocessing, .evaluate, input: model.config.input)
  }

  /// Labels of a new head for this data: names where there are any.
  func labels(_ source: DataSource) -> ModelHead.Labels {
    if case .tensors(_, _, .count(let count)) = source.contents { return .count(count) }
    return dataset.classes.isEmpty ? .count(dataset.classCount) : .names(dataset.classes)
  }

  /// The data with its labels in a head's order, matched by name where both have names.
  func mapped(to labels: ModelHead.Labels, at location: SourceLocation) throws -> TaskData {
    switch labels {
    case .names(let names) where !dataset.classes.isEmpty && dataset.classes != names:
      do {
        return TaskData(dataset: try dataset.reindexed(to: names), isNormalised: isNormalised, classCount: nil)
      } catch let error as DataError where !location.isWithoutLine {
        throw TrainError.recipe(RecipeError(at: location, "\(error)", hint: Self.freshHeadHint))
      }
    default:
      let count = classCount ?? dataset.classCount
      guard count <= labels.count else {
        throw TrainError.recipe(
          RecipeError(
            at: location, "the data has \(count) classes, the head \(labels.count)", hint: Self.freshHeadHint))
      }
      return self
    }
  }

  private static let freshHeadHint = "a head with 'weights: new' takes its classes from the data"

  private init(dataset: any Dataset, isNormalised: Bool, classCount: Int?) {
    (self.dataset, self.isNormalised, self.classCount) = (dataset, isNormalised, classCount)
  }

  /// The recipe's steps, or what suits the data: nothing for tensors that are ready, a square resize (and a flip in
  /// training) for images.
  public func transform(
    _ steps: [ZooRecipe.TransformStep]?, _ phase: ZooData.Phase, input: ModelInput
  ) throws -> Transform {
    try Transform(steps ?? (isNormalised ? [] : Transform.standardSteps(phase)), for: input)
  }
}
