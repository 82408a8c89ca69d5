/// Height and width in pixels.
public struct ImageSize: Sendable, Equatable {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// What becomes of the aspect ratio.
public enum ResizeMode: String, RecipeChoice {
  /// To exactly the size; the aspect ratio is not kept.
  case square
  /// The shorter side to the size; the aspect ratio is kept.
  case shortSide = "short-side"
}

/// The first two with antialiasing where the image shrinks, as Pillow.
public enum ResizeFilter: String, RecipeChoice {
  case bilinear, bicubic
  /// Between the four nearest pixels, as TensorFlow.
  case bilinearNoAntialias = "bilinear-no-antialias"
}

/// Where a crop is taken.
public enum CropPosition: String, RecipeChoice { case random, center }

/// One step from a decoded image to the model's input; a size that is not given is the model's own.
public enum TransformStep: Sendable, Equatable {
  case resize(size: ImageSize?, mode: ResizeMode, filter: ResizeFilter)
  case crop(size: ImageSize?, position: CropPosition)
  /// Left to right, with this probability (0 to 1).
  case flip(probability: Double)
  /// A random part of the given share of the area and width / height, resized.
  case randomResizedCrop(size: ImageSize?, area: Interval, aspect: Interval, filter: ResizeFilter)
  /// Factors within 1 ± each; the hue by ± a part of the circle.
  case colorJitter(brightness: Double, contrast: Double, saturation: Double, hue: Double)
  /// So many of sixteen operations; magnitude 10 is an operation's full range.
  case randAugment(layers: Int, magnitude: Double)
  /// With this probability, a random part becomes the mean colour.
  case randomErasing(probability: Double, area: Interval, aspect: Interval)
}

/// From one number to another, both included.
public struct Interval: Sendable, Equatable, CustomStringConvertible {
  public let low: Double
  public let high: Double

  public init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

  /// As YAML.
  public var description: String { "[\(low), \(high)]" }
}

/// The transforms of both phases; nil means the default for the phase: resize to the model's input as a
/// square, and a flip in training.
public struct Transforms: Sendable, Equatable {
  /// For training images.
  public let train: [TransformStep]?
  /// For images to evaluate or predict.
  public let evaluate: [TransformStep]?
  /// Whether a training JPEG may be decoded at a half, a quarter or an eighth of its size.
  public let scaledDecoding: Bool

  public init(
    train: [TransformStep]? = nil, evaluate: [TransformStep]? = nil,
    scaledDecoding: Bool = RecipeDefaults.scaledDecoding
  ) {
    self.train = train
    self.evaluate = evaluate
    self.scaledDecoding = scaledDecoding
  }
}

/// The largest side of an image that a recipe may ask for.
let largestSide = 16384

extension Transforms {
  init(_ reader: MappingReader<TransformsKey>) throws {
    train = try reader.list(.train) { try TransformStep($0, $1, cropping: RecipeDefaults.cropInTraining) }
    evaluate = try reader.list(.evaluate) {
      try TransformStep($0, $1, cropping: RecipeDefaults.cropInEvaluation)
    }
    scaledDecoding = try reader.bool(.scaledDecoding) ?? RecipeDefaults.scaledDecoding
  }
}

extension TransformStep {
  /// A step is `name: {…}`, or its name alone for the defaults.
  init(_ node: YAMLNode, _ path: String, cropping: CropPosition) throws {
    var entries = node.entries ?? []
    if let name = node.textValue { entries = [YAMLEntry(name, node, at: node.location)] }
    guard entries.count == 1, let entry = entries.first else { throw RecipeError.notOneStep(node, path) }
    let known = TransformName.allCases.map(\.rawValue)
    guard let name = TransformName(rawValue: entry.key) else {
      throw RecipeError.unknownTransform(entry.keyLocation, entry.key, known: known)
    }
    let isBare = node.entries == nil || entry.value.isNull
    let options = isBare ? YAMLNode(.mapping([]), at: node.location) : entry.value
    let inner = "\(path).\(name.rawValue)"
    switch name {
    case .resize:
      let reader = try MappingReader<ResizeKey>(options, path: inner)
      let size = try readSize(reader, size: .size, height: .height, width: .width)
      let mode = try reader.choice(.mode, ResizeMode.self) ?? RecipeDefaults.resizeMode
      if mode == .shortSide, let size, size.height != size.width, let entry = reader.entry(.height) {
        throw RecipeError.onlyFor(entry.keyLocation, "height", "mode: square", given: "short-side")
      }
      let filter = try reader.choice(.filter, ResizeFilter.self) ?? RecipeDefaults.resizeFilter
      self = .resize(size: size, mode: mode, filter: filter)
    case .crop:
      let reader = try MappingReader<CropKey>(options, path: inner)
      let size = try readSize(reader, size: .size, height: .height, width: .width)
      self = .crop(size: size, position: try reader.choice(.position) ?? cropping)
    case .flip:
      let reader = try MappingReader<FlipKey>(options, path: inner)
      let probability = try reader.double(.probability)
      self = .flip(probability: probability ?? RecipeDefaults.flipProbability)
    case .randomResizedCrop:
      let reader = try MappingReader<RandomResizedCropKey>(options, path: inner)
      self = .randomResizedCrop(
        size: try readSize(reader, size: .size, height: .height, width: .width),
        area: try reader.interval(.area, .upTo(0, 1)) ?? RecipeDefaults.cropArea,
        aspect: try reader.interval(.aspect, .upTo(0, 100)) ?? RecipeDefaults.cropAspect,
        filter: try reader.choice(.filter) ?? RecipeDefaults.resizeFilter)
    case .colorJitter:
      let reader = try MappingReader<ColorJitterKey>(options, path: inner)
      func width(_ key: ColorJitterKey) throws -> Double { try reader.double(key) ?? RecipeDefaults.jitter }
      self = .colorJitter(
        brightness: try width(.brightness), contrast: try width(.contrast), saturation: try width(.saturation),
        hue: try width(.hue))
    case .randAugment:
      let reader = try MappingReader<RandAugmentKey>(options, path: inner)
      self = .randAugment(
        layers: try reader.int(.layers) ?? RecipeDefaults.augmentLayers,
        magnitude: try reader.double(.magnitude) ?? RecipeDefaults.augmentMagnitude)
    case .randomErasing:
      let reader = try MappingReader<RandomErasingKey>(options, path: inner)
      self = .randomErasing(
        probability: try reader.double(.probability) ?? RecipeDefaults.erasingProbability,
        area: try reader.interval(.area, .upTo(0, 1)) ?? RecipeDefaults.erasedArea,
        aspect: try reader.interval(.aspect, .upTo(0, 100)) ?? RecipeDefaults.erasedAspect)
    }
  }
}

/// `size` sets both sides; or `height` and `width`, both.
func readSize<Key: RecipeKey>(_ reader: MappingReader<Key>, size: Key, height: Key, width: Key) throws
  -> ImageSize?
{
  let both = try reader.int(size)
  let high = try reader.int(height)
  let wide = try reader.int(width)
  if let both, let at = reader.entry(size)?.keyLocation {
    for key in [height, width] {
      if let other = reader.entry(key) {
        throw RecipeError.bothGiven(at, size.rawValue, key.rawValue, other.keyLocation)
      }
    }
    return ImageSize(height: both, width: both)
  }
  switch (high, wide) {
  case (let high?, let wide?): return ImageSize(height: high, width: wide)
  case (nil, nil): return nil
  case (let high?, nil):
    throw RecipeError.missing(reader.node.location, reader.path(width), example: "\(width.rawValue): \(high)")
  case (nil, let wide?):
    throw RecipeError.missing(
      reader.node.location, reader.path(height), example: "\(height.rawValue): \(wide)")
  }
}

extension MappingReader {
  /// Two numbers, the lower one first.
  func interval(_ key: Key, _ range: NumberRange<Double>) throws -> Interval? {
    guard let node = node(key) else { return nil }
    let ends = try readList(node, path(key)) { try readDouble($0, $1, range) }
    guard ends.count == 2, ends[0] <= ends[1] else {
      throw RecipeError.wrongType(node, path(key), wanted: "two numbers, the lower one first")
    }
    return Interval(ends[0], ends[1])
  }
}

extension TransformStep {
  /// The steps of a list named on the command line, as in a recipe's `transform.evaluate`:
  /// `[resize: {size: 256}, crop: {size: 224}]`.
  ///
  /// - Parameter option: the option that gave it, for errors.
  public static func list(_ text: String, option: String) throws -> [TransformStep] {
    guard let node = try YAMLNode.parse(Array(text.utf8), name: option, folder: "") else {
      throw RecipeError.empty(SourceLocation(file: option))
    }
    guard let items = node.items else { throw RecipeError.wrongType(node, option, wanted: "a list of steps") }
    return try items.enumerated().map {
      try TransformStep($1, "\(option)[\($0)]", cropping: RecipeDefaults.cropInEvaluation)
    }
  }
}
