/// The BiT-HyperRule (Kolesnikov et al. 2020, section 3.3) as released: google-research/big_transfer,
/// bit_hyperrule.py and bit_pytorch/train.py. Code and paper disagree in places; each is a switch, the code its default.
public struct BiTHyperRule: Sendable, Equatable {
  /// Where code and paper disagree.
  public enum Source: String, RecipeChoice { case code, paper }

  /// How large images are resized and cropped. The code: 512 and 480. The paper: 448 and 384, and the code's sizes for
  /// R152x4 alone.
  public var resolution: Source
  /// Where the rate of small data falls: the code's 40, 60 and 80 % of the steps, or the 30, 60 and 90 % that the paper
  /// gives for all sizes.
  public var decay: Source
  /// Images of Clevr, DMLab, KITTI and dSprites-location are not cropped (appendix F).
  public var crop: RuleCrop
  /// One half, as in the PyTorch code; the TensorFlow and JAX code flips every training image (1); orientations are not
  /// flipped (0).
  public var flip: Double

  public init(
    resolution: Source = .code, decay: Source = .code, crop: RuleCrop = .random,
    flip: Double = RecipeDefaults.flipProbability
  ) {
    self.resolution = resolution
    self.decay = decay
    self.crop = crop
    self.flip = flip
  }

  /// The rule for these data. Pure: the same facts give the same values.
  public func values(_ facts: RuleFacts) -> RuleValues {
    let scale = DataScale(examples: facts.examples)
    let knots = knots(scale)
    let (resize, input) = sides(facts)
    return RuleValues(
      steps: knots[knots.count - 1], batch: 512, rate: 0.003, momentum: 0.9, schedule: .step, warmup: knots[0],
      milestones: Array(knots[1..<(knots.count - 1)]), clipNorm: nil, average: nil, mixup: scale == .small ? 0 : 0.1, input: input,
      resize: resize, crop: crop, flip: flip)
  }

  /// The end of the warm-up, the steps after which the rate falls to a tenth, and the end.
  public func knots(_ scale: DataScale) -> [Int] {
    switch (scale, decay) {
    case (.small, .code): [100, 200, 300, 400, 500]
    case (.small, .paper): [100, 150, 300, 450, 500]
    case (.medium, _): [500, 3000, 6000, 9000, 10_000]
    case (.large, _): [500, 6000, 12_000, 18_000, 20_000]
    }
  }

  /// The side before the crop, and the crop's: by the area of an image, strictly below 96 x 96.
  private func sides(_ facts: RuleFacts) -> (resize: Int, input: Int) {
    if facts.size.height * facts.size.width < 96 * 96 { return (160, 128) }
    let isLargest = facts.variant == "bit-r152x4"
    return resolution == .code || isLargest ? (512, 480) : (448, 384)
  }
}
