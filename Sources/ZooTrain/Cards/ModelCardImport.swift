import ZooRecipe

extension ModelCard {
  /// The card's options with others laid over them.
  public func options(overlaidWith other: PluginOptions) -> PluginOptions { options.overlaid(with: other) }

  /// How the card's accuracy was measured, for a model of the given input: with a crop below 1 the shorter side to
  /// size / crop and the middle of it, else the whole image to a square; nil where the card is silent.
  public func preprocessing(for input: ModelInput) -> [TransformStep]? {
    guard self.input.interpolation != nil || self.input.crop != nil else { return nil }
    let filter: ResizeFilter = self.input.interpolation == .bicubic ? .bicubic : .bilinear
    guard let crop = self.input.crop, crop < 1 else { return [.resize(size: nil, mode: .square, filter: filter)] }
    // timm floors the larger size.
    let side = Int(Double(min(input.height, input.width)) / crop)
    return [
      .resize(size: ImageSize(height: side, width: side), mode: .shortSide, filter: filter),
      .crop(size: nil, position: .center),
    ]
  }

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
