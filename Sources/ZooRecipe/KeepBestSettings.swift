/// Which of two values of a metric is better.
public enum BestMode: String, RecipeChoice {
  /// The larger.
  case max
  /// The smaller.
  case min
}

/// `train.keep-best`: the model of the best evaluation so far is kept as `best.tar`.
public struct KeepBestSettings: Sendable, Equatable {
  /// The metric's name, as evaluations show it.
  public let metric: String
  /// Which of two values is better: the smaller for `loss`, the larger for any other unless the recipe says so.
  public let mode: BestMode
  /// The task that it is measured on; nil: the first that has the metric.
  public let task: String?
  /// The run ends after so many evaluations without a better one; nil: never before its last step.
  public let patience: Int?
  /// Where the metric is written.
  public let location: SourceLocation
}

enum KeepBestKey: String, RecipeKey {
  case metric, mode, task, patience

  var field: RecipeField {
    switch self {
    case .metric: .required(.text, "A metric, as evaluations show it.", example: "top-1")
    case .mode:
      .optional(
        .choice(BestMode.self), otherwise: "`min` for `loss`, else `max`", "Which of two values is better.",
        example: "max")
    case .task:
      .optional(.text, otherwise: "the first that has the metric", "The task it is measured on.", example: "label")
    case .patience:
      .optional(
        .integer(.atLeast(1)), otherwise: "all steps are made",
        "The run ends after so many evaluations without a better one.", example: "5")
    }
  }
}

extension KeepBestSettings {
  init(_ reader: MappingReader<KeepBestKey>) throws {
    let node = try reader.required(.metric)
    metric = try readText(node, reader.path(.metric))
    location = node.location
    mode = try reader.choice(.mode) ?? (metric == "loss" ? .min : .max)
    task = try reader.text(.task)
    patience = try reader.int(.patience)
  }
}
