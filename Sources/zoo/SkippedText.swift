import ZooTrain

/// Names the images that a run passed over.
func tellSkipped(_ prepared: PreparedRecipe) {
  let most = 10
  for (task, entries) in prepared.skipped {
    let images = entries.count == 1 ? "1 image" : "\(entries.count) images"
    printError("note: \(images) of task '\(task)' could not be read and counted for nothing:")
    for entry in entries.prefix(most) { printError("  \(entry.reason)") }
    if entries.count > most { printError("  … (\(entries.count - most) more)") }
  }
}
