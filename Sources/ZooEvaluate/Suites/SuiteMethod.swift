import ZooArchive
import ZooRecipe

/// How the tasks of a suite are learnt.
public enum SuiteMethod: String, Sendable, CaseIterable {
  /// BiT-HyperRule.
  case bit = "bit-hyperrule"
  /// The published fine-tuning of Vision Transformers; on VTAB 2500 steps at a rate of 0.01.
  case vit = "vit-finetune"
  /// One setting for all tasks: google-research/task_adaptation, scripts/run_all_tasks.sh.
  case vtab = "vtab-script"
  /// Closed-form least squares on features.
  case ridge
  /// Logistic regression on features, its penalty chosen on the validation part.
  case probe
  /// The nearest features.
  case knn

  public var usesFeatures: Bool { [.ridge, .probe, .knn].contains(self) }

  /// A recipe that fine-tunes a model on a task; the data are given when it is run.
  ///
  /// - Parameter model: a name in the store or an archive.
  func recipe(model: String, task: SuiteTask) -> JSONValue {
    var train: JSONObject = [:]
    var transform: JSONObject = [:]
    var input: JSONValue?
    switch self {
    case .vtab:
      // Batches of 64, warm-up over 80 steps, a tenth of the rate after 300, 600 and 900 of 1000; images are resized to
      // 224, no more.
      train["steps"] = 1000
      train["batch"] = 64
      train["optimizer"] = ["kind": "sgd", "rate": 0.01, "momentum": 0.9]
      train["schedule"] = ["kind": "step", "warmup": 80, "milestones": [300, 600, 900]]
      input = ["size": 224]
      transform["train"] = ["resize"]
    default:
      var rule: JSONObject = ["name": .string(rawValue)]
      if self == .vit, case .all? = task.amounts.first, task.validation != nil { rule["steps"] = "vtab" }
      if let crop = task.crop { rule["crop"] = .string(crop.rawValue) }
      if let flip = task.flip { rule["flip"] = .double(flip) }
      train["rule"] = .object(rule)
    }
    train["micro-batch"] = 16
    var recipe: JSONObject = [
      "model": .string(model),
      "heads": ["label": ["plugin": "linear", "weights": "new", "labels": "from-data"]],
      "tasks": ["label": ["train": ["format": "folder", "path": "given"]]],
    ]
    if let input { recipe["input"] = input }
    if !transform.members.isEmpty { recipe["transform"] = .object(transform) }
    recipe["train"] = .object(train)
    return .object(recipe)
  }
}
