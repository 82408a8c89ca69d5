import ZooEngine
import ZooRecipe

/// An exponential moving average of the weights that learn.
///
/// It begins as the weights after the first step (as torch.optim.swa_utils.AveragedModel does); update n = 1, 2, … then
/// makes it d·average + (1 - d)·weights. With a warm-up d is min(decay, (1 + n) / (10 + n)), TensorFlow's
/// `num_updates`, which leaves no need to debias; without one d is the decay from the first update on.
public final class WeightAverage {
  let settings: AverageSettings
  let values: ParameterBlock
  /// Steps seen, the first one included.
  var updates = 0
  private let store: ParameterStore
  private let parts: [ParameterBlock.Part]
  private let kernels: OptimizerKernels

  /// - Parameter layout: has the parameters that learn.
  public init(_ settings: AverageSettings, store: ParameterStore, layout: ParameterBlock, engine: Engine) throws {
    (self.settings, self.store) = (settings, store)
    values = try ParameterBlock(like: layout)
    parts = layout.parts { _ in true }.map(\.part)
    kernels = OptimizerKernels(engine)
  }

  /// Takes in the weights after a step.
  public func update() {
    let count = Double(updates)
    let decay = settings.warmup ? min(settings.decay, (1 + count) / (10 + count)) : settings.decay
    for part in parts { kernels.average(store, into: values, part: part, decay: updates == 0 ? 0 : Float(decay)) }
    updates += 1
  }

  /// The store gets the average and this the weights; a second call undoes it. Nothing before the first update.
  public func exchange() {
    guard updates > 0 else { return }
    for part in parts { kernels.exchange(store, with: values, part: part) }
  }
}
