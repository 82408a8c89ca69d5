import ZooEngine
import ZooGraph
import ZooRecipe

/// What compiling a recipe's training tells, tried with few images where the micro-batch would take much memory.
struct PlannedStep {
  let memory: PlannedMemory
  let time: PlannedTime

  /// Largest activations that are compiled for the sake of a plan.
  private static let mostBytes = 1 << 29

  init(
    _ prepared: PreparedRecipe, treatments: ParameterTreatments, reuse: FeatureReuse, engine: Engine
  ) throws {
    let (model, settings) = (prepared.model, prepared.recipe.train)
    let adapters = try prepared.adapters()
    func compile(_ batch: Int) throws -> TrainingProgram {
      try TrainingProgram(
        model, heads: prepared.learningHeads, engine: engine, microBatch: batch, features: reuse.features,
        adapters: adapters, recompute: Recompute(settings.recompute),
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

    memory = try PlannedMemory(
      prepared, learning: program.gradients.span * 4, reuse: reuse, activations: Int(min(activations, 1e18)),
      persistent: program.plan.persistentBytes, isCompiled: tried == wanted)

    // The first run finds cold caches and pages.
    _ = try program.profile()
    let seconds = try (0..<2).map { _ in try program.profile().reduce(0, +) }.min() ?? 0
    let flops = Double(program.plan.flops)
    let share = Double(settings.batch) / Double(tried)
    time = PlannedTime(flops: flops * share, secondsPerStep: seconds * share, images: tried)
  }
}
