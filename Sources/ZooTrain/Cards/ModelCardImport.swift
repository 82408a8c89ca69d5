import ZooRecipe

extension ModelCard {
  /// The card's options with others laid over them.
  public func options(overlaidWith other: PluginOptions) -> PluginOptions { options.overlaid(with: other) }

  /// Refuses a checkpoint that is not the card's: one with other classes or another number of parameters.
  ///
  /// - Parameters:
  ///   - file: the checkpoint, as errors call it.
  ///   - changed: whether options other than the card's were given, which may change the number.
  public func check(_ checkpoint: CheckpointImport, file: String, changed: Bool) throws(TrainError) {
    guard !isArchitecture else { return }
    let found = checkpoint.config.heads.first?.labels?.count ?? 0
    guard found == classes else {
      throw .input(
        file: file, "has \(found) classes where the card '\(name)' says \(classes); is it another file?")
    }
    guard changed || checkpoint.parameterCount == parameters else {
      throw .input(
        file: file,
        "has \(checkpoint.parameterCount) parameters where the card '\(name)' says \(parameters); "
          + "is it another file?")
    }
  }
}
