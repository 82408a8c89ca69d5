/// Fine-tuning of Vision Transformers (Dosovitskiy et al. 2021, table 4) as in google-research/vision_transformer and the
/// AugReg paper: SGD with momentum 0.9, batches of 512, cosine to 0, gradients clipped to 1, no decay.
///
/// Paper and code fix the steps for each data set. Here the number of training images stands for the data set: Pets and
/// Flowers are small, CIFAR medium, ImageNet large. The rate is the code's 0.03; the papers choose it for each data set
/// among 0.001 to 0.06.
public struct ViTFinetuneRule: Sendable, Equatable {
  /// Which of the published experiments.
  public enum Experiment: String, RecipeChoice {
    /// By the number of training images.
    case auto
    case imagenet, cifar, pets, vtab
  }

  public var steps: Experiment
  /// `code`: 384 pixels, and 518 where patches of 14 do not divide that. `paper`: also 512 for L/16 (table 2).
  public var resolution: BiTHyperRule.Source
  /// `code`: none. `paper`: the weights of L/16 and H/14 are averaged by 0.9999 (table 2).
  public var average: BiTHyperRule.Source
  /// The Inception crop, as the code has it; or resized to 7/6 and cropped (vit_jax/configs/augreg.py); or only resized.
  public var crop: RuleCrop
  public var flip: Double

  /// - Parameter average: nil for what `resolution` is; they belong to one table.
  public init(
    steps: Experiment = .auto, resolution: BiTHyperRule.Source = .code, average: BiTHyperRule.Source? = nil, crop: RuleCrop = .inception,
    flip: Double = RecipeDefaults.flipProbability
  ) {
    self.steps = steps
    self.resolution = resolution
    self.average = average ?? resolution
    self.crop = crop
    self.flip = flip
  }

  /// The rule for these data. Pure: the same facts give the same values.
  public func values(_ facts: RuleFacts) -> RuleValues {
    let (steps, warmup, rate) = length(facts)
    let input = side(facts)
    return RuleValues(
      steps: steps, batch: 512, rate: rate, momentum: 0.9, schedule: .cosine, warmup: warmup, milestones: [],
      clipNorm: 1, average: average == .paper && isLarge(facts) ? 0.9999 : nil, mixup: 0, input: input, resize: input * 7 / 6, crop: crop, flip: flip)
  }

  /// Steps; warm-up, in AugReg's pairs (500 steps of warm-up would be all of a short run); the rate.
  private func length(_ facts: RuleFacts) -> (steps: Int, warmup: Int, rate: Double) {
    switch (steps, DataScale(examples: facts.examples)) {
    case (.imagenet, _), (.auto, .large): (20_000, 500, 0.03)
    case (.cifar, _), (.auto, .medium): (10_000, 500, 0.03)
    case (.pets, _), (.auto, .small): (500, 100, 0.03)
    case (.vtab, _): (2500, 200, 0.01)
    }
  }

  private func isLarge(_ facts: RuleFacts) -> Bool { facts.variant == "vit-l16" || facts.variant == "vit-h14" }

  private func side(_ facts: RuleFacts) -> Int {
    if let patch = facts.patch, patch > 0, 384 % patch != 0 {
      return patch == 14 ? 518 : (384 + patch - 1) / patch * patch
    }
    return resolution == .paper && facts.variant == "vit-l16" ? 512 : 384
  }
}
