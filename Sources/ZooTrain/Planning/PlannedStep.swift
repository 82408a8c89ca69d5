import ZooEngine
import ZooGraph
import ZooRecipe

/// What compiling a recipe's training tells, tried with few images where the micro-batch would take much memory.
struct PlannedStep {
  let memory: PlannedMemory
  let time: PlannedTime

  /// Largest activations that are compiled for the sake of a plan.
  private static let mostBytes = 1 << 29

  init(_ prepared: PreparedRecipe, treatments: ParameterTreatments, engine: Engine) throws {
    let (model, settings) = (prepared.model, prepared.recipe.train)
    let adapters = try prepared.adapters()
    func compile(_ batch: Int) throws -> TrainingProgram {
      try TrainingProgram(
        model, heads: model.heads.map(\.name), engine: engine, microBatch: batch, adapters: adapters,
        recompute: Recompute(settings.recompute),
        learning: { !treatments[$0].isFrozen })
    }
    let wanted = prepared.microBatch
    let one = try compile(1)
    let perImage = max(one.plan.liveBytes, 1)
    let tried = min(wanted, max(2, min(8, Self.mostBytes / perImage)))
    let program = tried > 1 ? try compile(tried) : one
    // What lives at once grows with the batch; the room of gradients that hosts a part of it does not.
    let slope = tried > 1 ? Double(program.plan.liveBytes - one.plan.liveBytes) / Double(tried - 1) : 0
    let activations = Double(program.plan.arenaBytes) + slope * Double(wanted - tried)

    let learning = program.gradients.span * 4
    let pieces = (settings.batch + wanted - 1) / wanted
    let image = model.config.input.height * model.config.input.width * model.config.input.channels * 4
    memory = PlannedMemory(
      parameters: (model.store.span + (adapters?.store.span ?? 0)) * 4, gradients: learning * (pieces > 1 ? 2 : 1),
      optimizer: learning * (settings.optimizer.kind == .adamw ? 2 : 1),
      average: settings.average == nil ? 0 : learning, activations: Int(min(activations, 1e18)),
      persistent: program.plan.persistentBytes, batches: 3 * settings.batch * image, isCompiled: tried == wanted)

    // The first run finds cold caches and pages.
    _ = try program.profile()
    let seconds = try (0..<2).map { _ in try program.profile().reduce(0, +) }.min() ?? 0
    let flops = Double(program.plan.flops)
    let share = Double(settings.batch) / Double(tried)
    time = PlannedTime(flops: flops * share, secondsPerStep: seconds * share, images: tried)
  }
}
