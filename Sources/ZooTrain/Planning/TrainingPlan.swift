import ZooEngine
import ZooRecipe

/// What a run by a recipe would do. Nothing is trained or written for it: data's headers are read, the training step is
/// compiled and timed on a few blank images.
public struct TrainingPlan: Sendable {
  /// A file of the run with what it will take, as far as that is known.
  public struct File: Sendable {
    public let path: String
    public let bytes: Int?
  }

  public let recipe: Recipe
  public let parameterCount: Int
  public let input: ModelInput
  public let data: [PlannedData]
  /// Heads of the archive that the new model leaves out.
  public let droppedHeads: [String]
  public let steps: Int
  /// With all knots in steps.
  public let schedule: ScheduleSettings
  public let batch: Int
  public let microBatch: Int
  /// Passes over the largest training set.
  public let epochs: Double
  /// Whether a frozen trunk computes each image once; nil where the trunk learns and the recipe says nothing of it.
  public let features: PlannedFeatures?
  public let groups: [ParameterGroup]
  public let memory: PlannedMemory
  /// Nil for a run that goes.
  public let time: PlannedTime?
  public let files: [File]

  /// Images that the run will see.
  public var images: Int { steps * batch }

  /// - Parameter output: the run's folder.
  public init(_ prepared: PreparedRecipe, engine: Engine, output: String) throws {
    try prepared.checkCoupling()
    let reuse = try prepared.featureReuse()
    let treatments = try prepared.treatments()
    let step = try PlannedStep(prepared, treatments: treatments, reuse: reuse, engine: engine)
    let isOfInterest = try prepared.trunkIsFrozen || prepared.recipe.train.cacheFeatures != .auto
    self.init(
      prepared, treatments, step.memory, step.time,
      isOfInterest ? try PlannedFeatures(reuse, prepared, engine: engine) : nil, output: output, readsHeaders: true)
  }

  /// Of a run that goes: nothing is compiled, timed or read for it.
  /// - Parameter program: what was compiled for the run's steps.
  public init(of prepared: PreparedRecipe, program: ProgramPlan, output: String) throws {
    let reuse = try prepared.featureReuse()
    let treatments = try prepared.treatments()
    let learning = treatments.groups.filter { !$0.treatment.isFrozen }.reduce(0) { $0 + $1.count } * 4
    let memory = try PlannedMemory(
      prepared, learning: learning, reuse: reuse, activations: program.arenaBytes, persistent: program.persistentBytes,
      isCompiled: true)
    let isOfInterest = try prepared.trunkIsFrozen || prepared.recipe.train.cacheFeatures != .auto
    self.init(
      prepared, treatments, memory, nil, isOfInterest ? PlannedFeatures(reuse, prepared) : nil, output: output,
      readsHeaders: false)
  }

  private init(
    _ prepared: PreparedRecipe, _ treatments: ParameterTreatments, _ memory: PlannedMemory, _ time: PlannedTime?,
    _ features: PlannedFeatures?, output: String, readsHeaders: Bool
  ) {
    recipe = prepared.recipe
    parameterCount = prepared.model.parameterCount
    input = prepared.model.config.input
    data = prepared.tasks.flatMap { task in
      [PlannedData(task.train, task: task.recipe.name, use: "train", readsHeaders: readsHeaders)]
        + (task.evaluate.map {
          [PlannedData($0, task: task.recipe.name, use: "evaluate", readsHeaders: readsHeaders)]
        } ?? [])
    }
    droppedHeads = prepared.droppedHeads
    (steps, batch, microBatch) = (prepared.steps, prepared.recipe.train.batch, prepared.microBatch)
    schedule = prepared.schedule
    let passes = zip(prepared.groups, prepared.groupSizes).map { group, size in
      Double(prepared.steps) * Double(size) / Double(max(group.dataset.count, 1))
    }
    epochs = passes.min() ?? 0
    groups = treatments.groups
    (self.memory, self.time, self.features) = (memory, time, features)
    files = [
      File(path: output + "/model.tar", bytes: parameterCount * 4), File(path: output + "/metrics.jsonl", bytes: nil),
      File(path: output + "/events.out.tfevents.zoo", bytes: nil), File(path: output + "/report.html", bytes: nil),
      File(path: output + "/checkpoint/", bytes: memory.parameters + memory.optimizer + memory.average),
    ]
  }
}
