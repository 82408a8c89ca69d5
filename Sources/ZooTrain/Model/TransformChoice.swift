import ZooData
import ZooRecipe

extension Transform {
  /// The steps of a recipe or archive for a model's input; a step that names no size takes the input's.
  public init(_ steps: [ZooRecipe.TransformStep], for input: ModelInput, scaledDecoding: Bool = false) throws {
    let low = input.range.low, span = input.range.high - input.range.low
    try self.init(
      steps: steps.flatMap { $0.steps(for: input) }, height: input.height, width: input.width,
      // (low + x·span - mean) / std, as (x - mean') / std'.
      mean: input.mean.map { Float(($0 - low) / span) }, deviation: input.std.map { Float($0 / span) },
      scaledDecoding: scaledDecoding)
  }

  /// The default for images: to the input's size whatever the shape, and in training a flip.
  static func standardSteps(_ phase: ZooData.Phase) -> [ZooRecipe.TransformStep] {
    let resize = ZooRecipe.TransformStep.resize(size: nil, mode: .square, filter: .bilinear)
    return phase == .train ? [resize, .flip(probability: 0.5)] : [resize]
  }
}

extension ZooRecipe.TransformStep {
  fileprivate func steps(for input: ModelInput) -> [ZooData.TransformStep] {
    switch self {
    case .resize(let size, let mode, let filter):
      let (height, width) = (size?.height ?? input.height, size?.width ?? input.width)
      return mode == .square
        ? [.resize(height: height, width: width, filter: filter.kernel)]
        : [.resizeShortSide(size: min(height, width), filter: filter.kernel)]
    case .crop(let size, let position):
      return [
        .crop(
          height: size?.height ?? input.height, width: size?.width ?? input.width,
          position: position == .random ? .random : .center)
      ]
    case .flip(let probability): return [.flip(probability: probability)]
    case .randomResizedCrop(let size, let area, let aspect, let filter):
      return [
        .randomResizedCrop(
          height: size?.height ?? input.height, width: size?.width ?? input.width, area: area.low...area.high,
          aspect: aspect.low...aspect.high, filter: filter.kernel)
      ]
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      return [.colorJitter(brightness: brightness, contrast: contrast, saturation: saturation, hue: hue)]
    case .randAugment(let layers, let magnitude): return [.randAugment(layers: layers, magnitude: magnitude)]
    case .randomErasing(let probability, let area, let aspect):
      return [
        .randomErasing(probability: probability, area: area.low...area.high, aspect: aspect.low...aspect.high)
      ]
    }
  }
}

extension ZooRecipe.ResizeFilter {
  fileprivate var kernel: ZooData.ResizeFilter {
    switch self {
    case .bilinear: .bilinear
    case .bicubic: .bicubic
    case .bilinearNoAntialias: .bilinearNoAntialias
    }
  }
}

extension ModelConfig {
  /// How images are prepared for this model when it is used.
  public func evaluationTransform() throws -> Transform {
    try Transform(preprocessing ?? Transform.standardSteps(.evaluate), for: input)
  }
}
