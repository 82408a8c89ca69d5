import ZooData
import ZooRecipe

extension RuleFacts {
  /// What a recipe's training data and its model say. The usual size of an image is the one of median area among at most
  /// 255 of each set, evenly spread; a file that cannot be read has no say.
  ///
  /// - Throws: where data cannot be opened.
  init(_ recipe: Recipe, model: ModelConfig, given: [String: GivenData] = [:]) throws {
    var examples = 0
    var sizes: [(height: Int, width: Int)] = []
    var areImages = false
    for task in recipe.tasks {
      let data = try given[task.name]?.train ?? TaskData(task.train)
      let count = data.dataset.count
      examples += count
      guard !data.isNormalised else { continue }
      areImages = true
      let looks = min(count, 255)
      for look in 0..<looks {
        if let size = try? data.dataset.size(at: look * count / looks) { sizes.append(size) }
      }
    }
    sizes.sort { ($0.height * $0.width, $0.height) < ($1.height * $1.width, $1.height) }
    let usual = sizes.isEmpty ? (model.input.height, model.input.width) : sizes[sizes.count / 2]
    self.init(
      examples: examples, size: ImageSize(height: usual.0, width: usual.1), areImages: areImages,
      variant: model.variant, patch: model.options.node["patch"]?.intValue)
  }
}
