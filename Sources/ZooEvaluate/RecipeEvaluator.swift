import ZooData
import ZooEngine
import ZooTrain

/// Measures a recipe's tasks on their evaluation data; the compiled model is kept between measurements.
public final class RecipeEvaluator: Evaluator {
  private let prepared: PreparedRecipe
  private let engine: Engine
  private var inference: Inference?
  /// What the last evaluation found of each task whose head scores classes.
  public private(set) var details: [(task: String, detail: ClassificationDetail)] = []

  /// Mistakes of a task that are kept.
  public static let mistakeLimit = 24

  public init(_ prepared: PreparedRecipe, engine: Engine) { (self.prepared, self.engine) = (prepared, engine) }

  public func evaluate(_ model: Model) throws -> [(task: String, values: [(name: String, value: Double)])] {
    details = []
    var results: [(task: String, values: [(name: String, value: Double)])] = []
    for task in prepared.tasks {
      guard let data = task.evaluate, let head = model.head(named: task.head) else { continue }
      let compiled = try inference ?? Inference(model, engine: engine, batch: min(16, data.dataset.count))
      inference = compiled
      let steps = prepared.recipe.transforms.evaluate ?? (data.isNormalised ? [] : model.config.preprocessing)
      let transform = try data.transform(steps, .evaluate, input: model.config.input)
      var detail = DetailCounter(classes: head.labels, limit: Self.mistakeLimit)
      let result = try measure(
        head, on: data.dataset, with: compiled, transform: transform, parametersChanged: true,
        scored: { detail.add($0, logits: $1) })
      if head.scores != nil { details.append((task.recipe.name, detail.result)) }
      results.append((task.recipe.name, result.values))
    }
    return results
  }
}
