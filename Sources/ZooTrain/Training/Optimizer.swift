import ZooEngine
import ZooRecipe

/// Applies gradients to a store's parameters and keeps the momentum.
public final class Optimizer {
  private let store: ParameterStore
  private let settings: OptimizerSettings
  private let momentum: ParameterBlock
  private let kernels: OptimizerKernels

  public init(_ settings: OptimizerSettings, store: ParameterStore, engine: Engine) throws {
    (self.settings, self.store) = (settings, store)
    momentum = try ParameterBlock(like: store)
    kernels = OptimizerKernels(engine)
  }

  /// One step.
  /// - Parameters:
  ///   - clipNorm: gradients longer than this are shortened to it, measured over all parameters together.
  /// - Returns: the gradients' norm before clipping.
  public func step(_ gradients: ParameterBlock, rate: Double, clipNorm: Double?) -> Double {
    let norm = kernels.squaredSum(gradients, range: 0..<gradients.span).squareRoot()
    // As torch.nn.utils.clip_grad_norm_ does, the small number keeps a zero norm from dividing.
    let scale = clipNorm.map { min(1, $0 / (norm + 1e-6)) } ?? 1
    for run in runs {
      kernels.sgd(
        store, gradient: gradients, momentum: momentum, range: run.range, rate: Float(rate),
        momentum: Float(settings.momentum), weightDecay: run.decays ? Float(settings.weightDecay) : 0,
        nesterov: settings.nesterov, gradientScale: Float(scale))
    }
    return norm
  }

  /// Neighbouring parameters that are treated alike, as ranges of the block.
  private lazy var runs: [(range: Range<Int>, decays: Bool)] = {
    var runs: [(range: Range<Int>, decays: Bool)] = []
    for (index, entry) in store.entries.enumerated() {
      let end = index + 1 < store.entries.count ? store.entries[index + 1].offset : store.span
      let decays = entry.spec.decays && settings.weightDecay != 0
      if let last = runs.last, last.decays == decays {
        runs[runs.count - 1].range = last.range.lowerBound..<end
      } else {
        runs.append((entry.offset..<end, decays))
      }
    }
    return runs
  }()
}
