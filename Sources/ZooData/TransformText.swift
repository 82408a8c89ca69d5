extension Transform {
  /// Everything that the result depends on, in one line: equal for equal transforms.
  public var text: String {
    let steps = self.steps.map(\.text).joined(separator: ", ")
    return "[\(steps)] to \(height)x\(width), mean \(mean), deviation \(deviation)"
      + (scaledDecoding ? ", scaled decoding" : "")
  }
}

extension TransformStep {
  /// The step with all its settings.
  var text: String {
    switch self {
    case .resize(let height, let width, let filter): "resize \(height)x\(width) \(filter.rawValue)"
    case .resizeShortSide(let size, let filter): "resize short side \(size) \(filter.rawValue)"
    case .crop(let height, let width, let position): "crop \(height)x\(width) \(position.rawValue)"
    case .randomResizedCrop(let height, let width, let area, let aspect, let filter):
      "random resized crop \(height)x\(width) \(area) \(aspect) \(filter.rawValue)"
    case .flip(let probability): "flip \(probability)"
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      "colour \(brightness) \(contrast) \(saturation) \(hue)"
    case .randAugment(let layers, let magnitude): "RandAugment \(layers) \(magnitude)"
    case .randomErasing(let probability, let area, let aspect): "erasing \(probability) \(area) \(aspect)"
    }
  }
}
