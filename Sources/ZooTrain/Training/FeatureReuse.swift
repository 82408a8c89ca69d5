import ZooData
import ZooRecipe

/// Whether a run keeps what its trunk makes of an image.
public enum FeatureReuse: Sendable, Equatable {
  case kept(TrunkFeatures)
  /// With the reason, as a part of a sentence.
  case notKept(String)

  public var features: TrunkFeatures? { if case .kept(let features) = self { features } else { nil } }
}

extension PreparedRecipe {
  /// Whether the trunk computes each training image once for the whole run: where nothing of it learns or is drawn, and
  /// an image is the same in every epoch.
  /// - Throws: where `train.cache-features: on` demands what cannot be.
  public func featureReuse() throws -> FeatureReuse {
    let settings = recipe.train
    if settings.cacheFeatures == .off { return .notKept("the recipe says so") }
    let features = try TrunkFeatures(of: model, for: learningHeads)
    if let obstacle = try obstacle(to: features) {
      guard settings.cacheFeatures == .on else { return .notKept(obstacle) }
      throw TrainError.recipe(
        RecipeError(
          at: recipe.location(of: "train.cache-features") ?? SourceLocation(file: recipe.path),
          "features cannot be kept: \(obstacle)"))
    }
    let isSeenAgain = zip(groups, groupSizes).contains { group, size in
      let (seen, overflow) = steps.multipliedReportingOverflow(by: size)
      return overflow || seen > group.dataset.count
    }
    if settings.cacheFeatures == .auto, !isSeenAgain { return .notKept("no image is seen twice") }
    return .kept(features)
  }

  /// Whether nothing of the trunk learns.
  public var trunkIsFrozen: Bool {
    get throws {
      let treatments = try treatments()
      return recipe.train.lora == nil
        && model.store.entries.allSatisfy { isOfHead($0.spec.name) || treatments[$0.spec].isFrozen }
    }
  }

  private func isOfHead(_ parameter: String) -> Bool {
    model.heads.contains { parameter.hasPrefix("heads.\($0.name).") }
  }

  private func obstacle(to features: TrunkFeatures) throws -> String? {
    let settings = recipe.train
    if settings.lora != nil { return "low-rank updates change the trunk" }
    let treatments = try treatments()
    let learning = model.store.entries.first { !isOfHead($0.spec.name) && !treatments[$0.spec].isFrozen }
    if let learning { return "'\(learning.spec.name)' of the trunk learns" }
    if try !features.areFixed(in: model) { return "the trunk draws at random in training, or changes its states" }
    if (settings.mixup?.alpha ?? 0) > 0 { return "'train.mixup' mixes images" }
    if (settings.cutmix?.alpha ?? 0) > 0 { return "'train.cutmix' mixes images" }
    for group in groups {
      guard let first = group.tasks.first else { continue }
      let transform = try tasks[first].train.transform(
        recipe.transforms.train, .train, input: model.config.input, scaledDecoding: recipe.transforms.scaledDecoding)
      if let step = transform.steps.first(where: \.isRandom) {
        return "'\(step.name)' of the training images' transform is random"
      }
    }
    return nil
  }
}
