import ZooData

extension PreparedRecipe {
  /// For each task with data of `broken: skip`, what could not be read so far.
  public var skipped: [(task: String, entries: [SkippedExamples.Entry])] {
    tasks.compactMap { task in
      let entries = [task.train, task.evaluate].compactMap { $0?.skipped?.entries }.flatMap { $0 }
      return entries.isEmpty ? nil : (task.recipe.name, entries)
    }
  }
}
