import ZooHost
import ZooRecipe

extension PreparedRecipe {
  /// What can be checked before a run, reading every header: the run itself checks no less.
  public func check() throws {
    try checkCoupling()
    try checkImages()
    _ = try treatments()
  }

  /// Builds what training builds of a model's graph, so that a head that cannot be built is found now.
  ///
  /// - Throws: at the head's place in the recipe, what its plugin says.
  static func checkedHeads(
    _ heads: [Model.Head], on backbone: ComponentInstance, _ input: ModelInput, _ recipe: Recipe,
    _ build: () throws -> Model
  ) throws -> Model {
    do {
      let model = try build()
      _ = try model.graph(.train, targets: Set(heads.map(\.name)))
      return model
    } catch let error as HostError {
      for head in heads {
        guard let registration = recipe.head(named: head.name) else { continue }
        do {
          _ = try ModelGraph(
            backbone: backbone, heads: [(head.config, head.instance)], input: input, phase: .train,
            targets: [head.name])
        } catch let own as HostError {
          throw TrainError.recipe(RecipeError(at: registration.location, "head '\(head.name)': \(own)"))
        }
      }
      throw error
    }
  }
}
