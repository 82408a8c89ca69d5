import ZooData
import ZooEngine
import ZooTrain

/// Measures a recipe's tasks on their evaluation data, those with the same images in one pass; the compiled model is
/// kept between measurements.
public final class RecipeEvaluator: Evaluator {
  private let prepared: PreparedRecipe
  private let engine: Engine
  private let groups: [TaskGroup]
  private var inference: Inference?
  /// What the last evaluation found for each task, in the order of the recipe.
  public private(set) var results: [(task: String, result: HeadResult)] = []
  /// What the last evaluation found of each task whose head scores classes.
  public private(set) var details: [(task: String, detail: ClassificationDetail)] = []

  /// Mistakes of a task that are kept.
  public static let mistakeLimit = 24

  public init(_ prepared: PreparedRecipe, engine: Engine) {
    (self.prepared, self.engine) = (prepared, engine)
    groups = TaskGroup.groups(of: prepared.tasks.map { $0.evaluate?.dataset })
  }

  public func evaluate(_ model: Model) throws -> [(task: String, values: [(name: String, value: Double)])] {
    var (found, detailed) = ([Int: HeadResult](), [Int: ClassificationDetail]())
    for group in groups {
      let tasks = group.tasks.map { prepared.tasks[$0] }
      guard let data = tasks.first?.evaluate else { continue }
      let heads = tasks.enumerated().compactMap { column, task in model.head(named: task.head).map { ($0, column) } }
      let compiled = try inference ?? Inference(model, engine: engine, batch: min(16, group.dataset.count))
      inference = compiled
      let steps = prepared.recipe.transforms.evaluate ?? (data.isNormalised ? [] : model.config.preprocessing)
      let transform = try data.transform(steps, .evaluate, input: model.config.input)
      let results = try measure(
        heads, on: group.dataset, with: compiled, transform: transform, parametersChanged: true)
      for (task, result) in zip(group.tasks, results) {
        found[task] = result
        detailed[task] = ClassificationDetail(result, on: group.dataset, limit: Self.mistakeLimit)
      }
    }
    results = prepared.tasks.enumerated().compactMap { index, task in found[index].map { (task.recipe.name, $0) } }
    details = prepared.tasks.enumerated().compactMap { index, task in detailed[index].map { (task.recipe.name, $0) } }
    return results.map { ($0.task, $0.result.values) }
  }
}
