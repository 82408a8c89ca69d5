import ZooEngine
import ZooGraph
import ZooRecipe

/// Applies gradients to a store's parameters and keeps what the update rule remembers of them.
public final class Optimizer {
  /// What is remembered, by name: `momentum`, or `first` and `second` (moments).
  public let state: [(name: String, values: ParameterBlock)]
  /// Steps made so far; Adam's bias correction depends on it.
  public internal(set) var steps = 0

  private let store: ParameterStore
  private let settings: OptimizerSettings
  private let parts: [(part: ParameterBlock.Part, key: ParameterTreatment)]
  private let kernels: OptimizerKernels

  /// - Parameters:
  ///   - layout: has the parameters that learn; gradients come in a block like it.
  ///   - treatment: their rates and decays.
  public init(
    _ settings: OptimizerSettings, store: ParameterStore, layout: ParameterBlock, engine: Engine,
    treatment: (ParameterSpec) -> ParameterTreatment
  ) throws {
    (self.settings, self.store) = (settings, store)
    let names = settings.kind == .adamw ? ["first", "second"] : ["momentum"]
    state = try names.map { ($0, try ParameterBlock(like: layout)) }
    parts = layout.parts { treatment($0.spec) }
    kernels = OptimizerKernels(engine)
  }

  /// All parameters at the same rate, with the settings' decay where they say that they decay.
  public convenience init(
    _ settings: OptimizerSettings, store: ParameterStore, layout: ParameterBlock, engine: Engine
  ) throws {
    try self.init(settings, store: store, layout: layout, engine: engine) { spec in
      ParameterTreatment(decay: spec.decays ? settings.weightDecay : 0)
    }
  }

  /// One step.
  /// - Parameters:
  ///   - clipNorm: gradients longer than this are shortened to it, measured over all parameters together.
  /// - Returns: the gradients' norm before clipping.
  public func step(_ gradients: ParameterBlock, rate: Double, clipNorm: Double?) -> Double {
    let norm = kernels.squaredSum(gradients).squareRoot()
    // As torch.nn.utils.clip_grad_norm_ does, the small number keeps a zero norm from dividing.
    let scale = Float(clipNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1)
    steps += 1
    let treated = parts.map { part, treatment in
      OptimizerKernels.Treated(part, rate: Float(rate * treatment.rate), weightDecay: Float(treatment.decay))
    }
    switch settings.kind {
    case .sgd:
      kernels.sgd(
        store, gradient: gradients, momentum: state[0].values, parts: treated, momentum: Float(settings.momentum),
        decoupled: settings.decoupled, nesterov: settings.nesterov, gradientScale: scale)
    case .adamw:
      kernels.adamw(
        store, gradient: gradients, first: state[0].values, second: state[1].values, parts: treated,
        betas: (settings.beta1, settings.beta2), epsilon: Float(settings.epsilon), step: steps, gradientScale: scale)
    }
    return norm
  }
}
