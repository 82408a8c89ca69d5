/// One task: a head, the data it learns from and the data it is judged by.
public struct TaskRecipe: Sendable, Equatable {
  /// The key under `tasks`.
  public let name: String
  /// The name of a head, registered in the recipe or in the model's archive.
  public let head: String
  /// What the task learns from.
  public let train: DataSource
  /// What the task is judged by; nil: it is not.
  public let evaluate: DataSource?
  /// The factor of its loss in the sum, at least 0.
  public let weight: Double
  /// How much of every batch its data get beside those of other tasks, above 0. Where tasks have the same images, the
  /// largest of their shares counts.
  public let share: Double
  /// Where the task is named.
  public let location: SourceLocation
  /// Where its head is named (the task's name, where it is not).
  public let headLocation: SourceLocation
}

enum TaskKey: String, CaseIterable { case head, train, evaluate, weight, share }

extension TaskKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .head:
      .optional(
        .text, otherwise: "the task's name", "The head that learns: of `heads`, or of the model's archive.",
        example: "label")
    case .train:
      .required(.mapping(DataKey.self), "What the task learns from.", example: "{format: folder, path: images/train}")
    case .evaluate:
      .optional(
        .mapping(DataKey.self), otherwise: "no evaluation", "What the task is judged by.",
        example: "{format: folder, path: images/test}")
    case .weight: .standard(.number(.atLeast(0)), RecipeDefaults.taskWeight, "The factor of its loss in the sum.")
    case .share:
      .standard(
        .number(.above(0)), RecipeDefaults.taskShare,
        "How much of every batch its data get beside those of other tasks.")
    }
  }
}

extension TaskRecipe {
  init(_ entry: YAMLEntry, _ path: String) throws {
    let reader = try MappingReader<TaskKey>(entry.value, path: path)
    name = entry.key
    location = entry.keyLocation
    head = try reader.text(.head) ?? entry.key
    headLocation = reader.node(.head)?.location ?? entry.keyLocation
    let data = try reader.required(.train)
    train = try DataSource(data, reader.path(.train))
    evaluate = try reader.node(.evaluate).map { try DataSource($0, reader.path(.evaluate)) }
    weight = try reader.double(.weight) ?? RecipeDefaults.taskWeight
    share = try reader.double(.share) ?? RecipeDefaults.taskShare
  }
}
