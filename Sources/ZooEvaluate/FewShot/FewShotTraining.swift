import ZooData
import ZooEngine
import ZooHost
import ZooArchive
import ZooRecipe
import ZooTrain

/// Training of a recipe's one task on parts of its data, in memory; nothing is written.
public struct FewShotTraining {
  /// Where the recipe is written.
  public enum Source: Sendable {
    case file(String)
    /// The recipe itself, as JSON, which is YAML; its data are given when it is run.
    case made(JSONValue, name: String)

    fileprivate var name: String {
      switch self {
      case .file(let path): path
      case .made(_, let name): name
      }
    }

    fileprivate func load(_ overrides: [String]) throws -> Recipe {
      switch self {
      case .file(let path): try Recipe.load(path: path, overrides: overrides)
      case .made(let recipe, let name):
        try Recipe(bytes: Array(recipe.compact().utf8), path: name, overrides: overrides)
      }
    }

    /// A model fine-tuned by a rule.
    public static func rule(_ rule: RuleName, model: String) -> Source {
      .made(
        [
          "model": .string(model),
          "heads": ["label": ["plugin": "linear", "weights": "new", "labels": "from-data"]],
          "tasks": ["label": ["train": ["format": "folder", "path": "given"]]],
          "train": ["rule": .string(rule.rawValue), "micro-batch": 16],
        ], name: "rule \(rule.rawValue)")
    }
  }

  private let source: Source
  private let overrides: [String]
  private let plugins: Plugins
  private let store: Store
  private let engine: Engine
  /// The recipe's task.
  public let task: String
  public let recipe: Recipe
  /// The recipe with its model and all its data.
  public let prepared: PreparedRecipe

  /// - Parameters:
  ///   - given: data in the place of those that the recipe names.
  /// - Throws: where the recipe has not one task with data to evaluate on.
  public init(
    _ source: Source, overrides: [String], given: GivenData? = nil, plugins: Plugins, store: Store,
    engine: Engine
  ) throws {
    (self.source, self.overrides) = (source, overrides)
    (self.plugins, self.store, self.engine) = (plugins, store, engine)
    recipe = try source.load(overrides)
    guard recipe.tasks.count == 1, let task = recipe.tasks.first, task.evaluate != nil || given?.evaluate != nil else {
      throw TrainError.recipe(
        RecipeError(at: SourceLocation(file: source.name), "few-shot needs one task, with data to evaluate on"))
    }
    self.task = task.name
    prepared = try PreparedRecipe(
      recipe, plugins: plugins, store: store, given: given.map { [task.name: $0] } ?? [:])
  }

  /// Trains with settings on top of the recipe's and gives the share of right answers.
  public func accuracy(_ data: GivenData, settings: [String] = []) throws -> Double {
    let recipe = try source.load(overrides + settings)
    let prepared = try PreparedRecipe(recipe, plugins: plugins, store: store, given: [task: data])
    try trainInMemory(prepared, engine: engine)
    let results = try RecipeEvaluator(prepared, engine: engine).evaluate(prepared.model)
    guard let accuracy = results.first?.values.first(where: { $0.name == "top-1" })?.value else {
      throw TrainError.recipe(
        RecipeError(at: SourceLocation(file: source.name), "few-shot needs a head that scores classes"))
    }
    return accuracy
  }

  /// Settings that replace the recipe's stored model by the same architecture with random weights.
  public func freshSettings() -> [String] {
    guard case .stored = recipe.model else { return [] }
    let config = prepared.model.config
    return ["model={architecture: \(config.architecture), options: \(config.options.json())}"]
  }
}
