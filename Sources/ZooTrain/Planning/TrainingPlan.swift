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
  public let batch: Int
  public let microBatch: Int
  /// Passes over the largest training set.
  public let epochs: Double
  public let groups: [ParameterGroup]
  public let memory: PlannedMemory
  public let time: PlannedTime
  public let files: [File]

  /// Images that the run will see.
  public var images: Int { steps * batch }

  /// - Parameter output: the run's folder.
  public init(_ prepared: PreparedRecipe, engine: Engine, output: String) throws {
    try prepared.checkCoupling()
    recipe = prepared.recipe
    parameterCount = prepared.model.parameterCount
    input = prepared.model.config.input
    data = prepared.tasks.flatMap { task in
      [PlannedData(task.train, task: task.recipe.name, use: "train")]
        + (task.evaluate.map { [PlannedData($0, task: task.recipe.name, use: "evaluate")] } ?? [])
    }
    droppedHeads = prepared.droppedHeads
    (steps, batch, microBatch) = (prepared.steps, prepared.recipe.train.batch, prepared.microBatch)
    let passes = zip(prepared.groups, prepared.groupSizes).map { group, size in
      Double(prepared.steps) * Double(size) / Double(max(group.dataset.count, 1))
    }
    epochs = passes.min() ?? 0
    let treatments = try prepared.treatments()
    groups = treatments.groups
    let step = try PlannedStep(prepared, treatments: treatments, engine: engine)
    (memory, time) = (step.memory, step.time)
    files = [
      File(path: output + "/model.tar", bytes: parameterCount * 4), File(path: output + "/metrics.jsonl", bytes: nil),
      File(path: output + "/events.out.tfevents.zoo", bytes: nil), File(path: output + "/report.html", bytes: nil),
      File(path: output + "/checkpoint/", bytes: memory.parameters + memory.optimizer + memory.average),
    ]
  }
}
