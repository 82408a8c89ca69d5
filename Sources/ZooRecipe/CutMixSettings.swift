/// `train.cutmix`: each image gets a part of the share 1 - λ of its area from a partner's, and its label is mixed in the
/// same proportion (Yun et al. 2019). Partners come from where `train.mixup.within` says.
public struct CutMixSettings: Sendable, Equatable {
  /// λ is drawn from Beta(alpha, alpha), once for each step; 0: no CutMix.
  public let alpha: Double

  public init(alpha: Double = RecipeDefaults.cutmix) { self.alpha = alpha }
}

enum CutMixKey: String, RecipeKey {
  case alpha

  var field: RecipeField {
    .standard(
      .number(.within(0, 1000)), RecipeDefaults.cutmix,
      "One λ for each step, drawn from Beta(alpha, alpha): the share of the image that stays; 0: none.")
  }
}

extension CutMixSettings {
  init(_ reader: MappingReader<CutMixKey>) throws {
    alpha = try reader.double(.alpha) ?? RecipeDefaults.cutmix
  }
}
