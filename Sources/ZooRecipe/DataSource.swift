/// Labelled images, or tensors in their place.
public struct DataSource: Sendable, Equatable {
  public enum Contents: Sendable, Equatable {
    /// A folder of class folders.
    case folder(RecipePath)
    /// A tar of class folders.
    case tar(RecipePath)
    /// `x` `[N,3,H,W]` f32, already normalised; `labels` `[N]` whole numbers; both `.npy`.
    case tensors(x: RecipePath, labels: RecipePath, classes: ClassList)
  }

  /// The classes of a tensor set, which has no folders to take them from.
  public enum ClassList: Sendable, Equatable {
    case count(Int)
    case names([String])

    public var count: Int {
      switch self {
      case .count(let count): count
      case .names(let names): names.count
      }
    }
  }

  /// The format, with its paths.
  public let contents: Contents
  /// At most so many examples of each class, drawn with `subsetSeed`; nil for all.
  public let limitPerClass: Int?
  /// Which examples `limitPerClass` draws.
  public let subsetSeed: Int
  /// Where the mapping (or the command-line text) is written.
  public let location: SourceLocation
}

/// The words for `DataSource.Contents`.
public enum DataFormat: String, RecipeChoice { case folder, tar, tensors }

enum DataKey: String, CaseIterable {
  case format, path, x, labels, classes
  case limitPerClass = "limit-per-class"
  case subsetSeed = "subset-seed"
}

extension DataKey: RecipeKey {
  var field: RecipeField {
    switch self {
    case .format:
      .required(
        .choice(DataFormat.self), "`folder`: of class folders; `tar`: of class folders; `tensors`: arrays.",
        example: "folder")
    case .path:
      .optional(
        .path, otherwise: "only for `folder` and `tar`, which need it", "The folder or the `.tar` file.",
        example: "images/train")
    case .x:
      .optional(
        .path, otherwise: "only for `tensors`, which needs it",
        "`.npy` [N, 3, H, W]: float32, already normalised, or uint8, an image as any other.", example: "x.npy")
    case .labels:
      .optional(
        .path, otherwise: "only for `tensors`, which needs it", "`.npy` [N]: whole numbers from 0.",
        example: "labels.npy")
    case .classes:
      .optional(
        .either([.integer(.atLeast(1)), .list(.text)]), otherwise: "only for `tensors`, which needs it",
        "How many classes there are, or their names.", example: "10")
    case .limitPerClass:
      .optional(.integer(.atLeast(1)), otherwise: "all", "At most so many examples of each class.", example: "5")
    case .subsetSeed:
      .standard(.integer(.atLeast(0)), RecipeDefaults.subsetSeed, "Which examples `limit-per-class` draws.")
    }
  }
}

extension DataSource {
  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<DataKey>(node, path: path)
    _ = try reader.required(.format)
    let format: DataFormat = try reader.choice(.format) ?? .folder
    func file(_ key: DataKey, example: String) throws -> RecipePath {
      try RecipePath(try reader.required(key, example: example), reader.path(key))
    }
    switch format {
    case .folder, .tar:
      let tensorKeys: [DataKey] = [.x, .labels, .classes]
      try reader.refuse(tensorKeys, belongingTo: "format: tensors", given: format.rawValue)
      let path = try file(.path, example: format == .tar ? "images.tar" : "images/train")
      contents = format == .tar ? .tar(path) : .folder(path)
    case .tensors:
      try reader.refuse([.path], belongingTo: "format: folder", given: format.rawValue)
      let classes = try reader.required(.classes)
      contents = .tensors(
        x: try file(.x, example: "x.npy"), labels: try file(.labels, example: "labels.npy"),
        classes: try ClassList(classes, reader.path(.classes)))
    }
    limitPerClass = try reader.int(.limitPerClass)
    subsetSeed = try reader.int(.subsetSeed) ?? RecipeDefaults.subsetSeed
    location = node.location
  }

  /// Data named on the command line: a folder, a `.tar` file, or a mapping as in a recipe
  /// (`{format: tensors, x: x.npy, labels: labels.npy, classes: 10}`).
  public init(spec: String) throws {
    if spec.hasPrefix("{") {
      guard let node = try YAMLNode.parse(Array(spec.utf8), name: "--data", folder: "") else {
        throw RecipeError.unwritableData(spec)
      }
      try self.init(node, "data")
      return
    }
    if spec.isEmpty { throw RecipeError.unwritableData(spec) }
    let location = SourceLocation(file: "--data \(spec)")
    let path = RecipePath(spec, at: location)
    self.init(
      contents: spec.hasSuffix(".tar") ? .tar(path) : .folder(path), limitPerClass: nil,
      subsetSeed: RecipeDefaults.subsetSeed, location: location)
  }
}

extension DataSource.ClassList {
  init(_ node: YAMLNode, _ path: String) throws {
    if node.items != nil {
      self = .names(try readLabels(node, path))
    } else if let count = node.intValue, count >= 1 {
      self = .count(count)
    } else {
      throw RecipeError.wrongType(node, path, wanted: "a number of classes or a list of names")
    }
  }
}
