import ZooRecipe

/// Memory that a run will hold, in bytes.
public struct PlannedMemory: Sendable {
  /// Weights of backbone and heads; with low-rank updates what learns beside them.
  public let parameters: Int
  /// Of the parameters that learn; twice where micro-batches are added up.
  public let gradients: Int
  /// Momentum, or Adam's two moments.
  public let optimizer: Int
  /// A moving average of the weights.
  public let average: Int
  /// Activations and scratch of a micro-batch: the compiler's plan.
  public let activations: Int
  /// Packed weights and the like.
  public let persistent: Int
  /// Batches that are ready before they are wanted.
  public let batches: Int
  /// Of a frozen trunk, kept for all epochs.
  public let features: Int
  /// False where the activations were computed from those of smaller batches, to which they are nearly proportional.
  public let isCompiled: Bool

  public var total: Int {
    parameters + gradients + optimizer + average + activations + persistent + batches + features
  }
}

extension PlannedMemory {
  /// - Parameters:
  ///   - learning: bytes of the parameters that learn.
  ///   - activations: of a micro-batch, as compiled or reckoned.
  init(
    _ prepared: PreparedRecipe, learning: Int, reuse: FeatureReuse, activations: Int, persistent: Int, isCompiled: Bool
  ) throws {
    let (settings, input) = (prepared.recipe.train, prepared.model.config.input)
    let updates = try prepared.lowRankUpdates()
    let span = prepared.model.store.span
    let image = (reuse.features?.count ?? input.height * input.width * input.channels) * 4
    // In memory as far as they are not in a file.
    let kept = reuse.features.map { features in
      prepared.groups.filter { !prepared.needsFile($0, features) }.reduce(0) { $0 + $1.dataset.count * features.count * 4 }
    }
    // With updates, what learns is held beside the model.
    parameters = span * 4 + (updates.isEmpty ? 0 : learning)
    gradients = learning * (settings.batch > prepared.microBatch ? 2 : 1)
    optimizer = learning * (settings.optimizer.kind == .adamw ? 2 : 1)
    average = settings.average == nil ? 0 : learning
    (self.activations, self.persistent, self.isCompiled) = (activations, persistent, isCompiled)
    (batches, features) = (3 * settings.batch * image, kept ?? 0)
  }
}

/// How long the steps of a run will take, as far as a few images tell.
public struct PlannedTime: Sendable {
  /// Floating-point operations of a step in products, convolutions and attention.
  public let flops: Double
  /// Forward and backward, from `images` blank ones at a time; without reading data, the optimiser and evaluations.
  public let secondsPerStep: Double
  public let images: Int
}
