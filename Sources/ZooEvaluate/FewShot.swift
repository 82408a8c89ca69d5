import ZooData
import ZooEngine
import ZooHost
import ZooArchive
import ZooRecipe
import ZooTrain

/// A recipe's task learnt from few labels: transferred, from nothing, and by nearest neighbour on pixels, all from the
/// same subsets of the training data.
public struct FewShotResult: Sendable {
  public let shots: Int
  /// One for each subset, in order.
  public let transferred: [Double]
  public let scratch: [Double]
  public let neighbour: [Double]

  public static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return 0 }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1
      ? sorted[middle] : (sorted[max(0, middle - 1)] + (middle < sorted.count ? sorted[middle] : last)) / 2
  }
}

/// - Parameters:
///   - path: a recipe with one task that has evaluation data and a stored model.
///   - scratchSettings: `--set` settings for training from nothing on top of the model's replacement, such as more steps.
///   - each: receives the results as they come: shots, subset, method, accuracy.
public func fewShot(
  recipe path: String, overrides: [String], shots: [Int], subsets: Int, scratchSettings: [String], plugins: Plugins,
  store: Store, engine: Engine, each: (_ shots: Int, _ subset: Int, _ method: String, _ accuracy: Double) -> Void
) throws -> [FewShotResult] {
  let base = try Recipe.load(path: path, overrides: overrides)
  guard base.tasks.count == 1, let task = base.tasks.first, task.evaluate != nil else {
    throw TrainError.recipe(
      RecipeError(at: SourceLocation(file: path), "few-shot needs one task, with data to evaluate on"))
  }
  let fresh = try freshModelSettings(base, plugins: plugins, store: store)
  var results: [FewShotResult] = []
  for count in shots {
    var (transferred, scratch, neighbour) = ([Double](), [Double](), [Double]())
    for subset in 0..<subsets {
      let data = [
        "tasks.\(task.name).train.limit-per-class=\(count)", "tasks.\(task.name).train.subset-seed=\(subset)",
      ]
      func run(_ settings: [String]) throws -> (accuracy: Double, prepared: PreparedRecipe) {
        let recipe = try Recipe.load(path: path, overrides: overrides + data + settings)
        let prepared = try PreparedRecipe(recipe, plugins: plugins, store: store)
        return (try train(prepared, engine: engine), prepared)
      }
      let (accuracy, prepared) = try run([])
      transferred.append(accuracy)
      each(count, subset, "transferred", accuracy)
      let nothing = try run(fresh + scratchSettings).accuracy
      scratch.append(nothing)
      each(count, subset, "from nothing", nothing)
      if let test = prepared.tasks[0].evaluate {
        let transform = try test.transform(
          prepared.model.config.preprocessing, .evaluate, input: prepared.model.config.input)
        let pixels = try nearestNeighbourAccuracy(
          train: prepared.tasks[0].train.dataset, test: test.dataset, transform: transform)
        neighbour.append(pixels)
        each(count, subset, "nearest neighbour", pixels)
      }
    }
    results.append(FewShotResult(shots: count, transferred: transferred, scratch: scratch, neighbour: neighbour))
  }
  return results
}

/// Trains in memory and measures; nothing is written.
private func train(_ prepared: PreparedRecipe, engine: Engine) throws -> Double {
  try trainInMemory(prepared, engine: engine)
  let results = try RecipeEvaluator(prepared, engine: engine).evaluate(prepared.model)
  return results.first?.values.first { $0.name == "top-1" }?.value ?? 0
}

/// Settings that replace the recipe's stored model by the same architecture with random weights.
private func freshModelSettings(_ recipe: Recipe, plugins: Plugins, store: Store) throws -> [String] {
  guard case .stored = recipe.model else { return [] }
  let prepared = try PreparedRecipe(recipe, plugins: plugins, store: store)
  let config = prepared.model.config
  return ["model={architecture: \(config.architecture), options: \(config.options.json())}"]
}
