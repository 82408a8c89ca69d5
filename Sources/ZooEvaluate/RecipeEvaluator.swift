import ZooData
import ZooEngine
import ZooTrain

/// Measures a recipe's tasks on their evaluation data; the compiled model is kept between measurements.
public final class RecipeEvaluator: Evaluator {
  private let prepared: PreparedRecipe
  private let engine: Engine
  private var inference: Inference?

  public init(_ prepared: PreparedRecipe, engine: Engine) { (self.prepared, self.engine) = (prepared, engine) }

  public func evaluate(_ model: Model) throws -> [(task: String, values: [(name: String, value: Double)])] {
    var results: [(task: String, values: [(name: String, value: Double)])] = []
    for task in prepared.tasks {
      guard let data = task.evaluate, let head = model.head(named: task.head) else { continue }
      let compiled = try inference ?? Inference(model, engine: engine, batch: min(16, data.dataset.count))
      inference = compiled
      let steps = prepared.recipe.transforms.evaluate ?? (data.isNormalised ? [] : model.config.preprocessing)
      let transform = try data.transform(steps, .evaluate, input: model.config.input)
      let result = try measure(
        head, on: data.dataset, with: compiled, transform: transform, parametersChanged: true)
      results.append((task.recipe.name, result.values))
    }
    return results
  }
}
