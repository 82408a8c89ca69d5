import ZooTrain

extension PreparedRecipe {
  /// Whether the metric of `train.keep-best` is one that its task, or any, is measured by: told before the run rather
  /// than at its first evaluation.
  /// - Throws: `TrainError.recipe` at the metric's place.
  public func checkBestMetric() throws {
    guard let best = recipe.train.keepBest else { return }
    var known: [String] = []
    for task in tasks where task.evaluate != nil && (best.task == nil || best.task == task.recipe.name) {
      guard let head = model.head(named: task.head) else { continue }
      known += try metricNames(of: head).filter { !known.contains($0) }
    }
    guard known.contains(best.metric) else { throw TrainError.unmeasured(best, known: known) }
  }
}
