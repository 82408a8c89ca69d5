/// Memory that a run will hold, in bytes.
public struct PlannedMemory: Sendable {
  /// Weights of backbone and heads; with low-rank updates those under them too.
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
  /// False where the activations were computed from those of smaller batches, to which they are nearly proportional.
  public let isCompiled: Bool

  public var total: Int {
    parameters + gradients + optimizer + average + activations + persistent + batches
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
