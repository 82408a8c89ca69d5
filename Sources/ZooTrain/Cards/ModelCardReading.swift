import ZooRecipe

private enum CardKey: String, MappingKey {
  case schema, name, title, architecture, options, classes, source, licence, files, tensors, parameters, gmacs
  case input, accuracy, upstream, paper, notes
}
private enum FileKey: String, MappingKey { case name, url, format }
private enum TensorsKey: String, MappingKey { case official, timm, hf }
private enum InputKey: String, MappingKey { case size, mean, std, interpolation, crop }
private enum AccuracyKey: String, MappingKey { case data, metric, value, resolution, setting, source }

extension ModelCard {
  /// Reads a card strictly: unknown keys are errors, at their line and column.
  ///
  /// - Parameter file: what errors call it.
  /// - Throws: `RecipeError`, the first mistake found.
  public init(bytes: [UInt8], file: String) throws {
    guard let tree = try YAMLNode.parse(bytes, name: file), !tree.isNull else {
      throw RecipeError(at: SourceLocation(file: file), "there is nothing in it; expected a model card")
    }
    // The version first: what another version means by a key cannot be judged here.
    if let schema = tree["schema"], schema.textValue != Self.schema {
      throw RecipeError(
        at: schema.location, "this is no card that can be read here; expected '\(Self.schema)'")
    }
    let reader = try MappingReader<CardKey>(tree, path: "")
    _ = try reader.required(.schema, example: Self.schema)
    name = try reader.text(.name, example: "vit-b16-augreg-i21k")
    title = try reader.text(.title, example: "ViT-B/16")
    architecture = try reader.text(.architecture, example: "vit-b16")
    options =
      try reader.node(.options).map { node in
        guard let entries = node.entries else {
          throw RecipeError(at: node.location, "'options' must be a mapping")
        }
        return PluginOptions(entries.map { ($0.key, $0.value) })
      } ?? PluginOptions()
    classes = try reader.count(.classes, .atLeast(0), example: "1000")
    source = try reader.choice(.source)
    licence = try reader.text(.licence)
    files = try reader.list(.files, File.init) ?? []
    let counts = try MappingReader<TensorsKey>(
      try reader.required(.tensors, example: "{official: 200, timm: 152}"), path: "tensors")
    tensors = try Format.allCases.compactMap { format in
      try TensorsKey(rawValue: format.rawValue).flatMap { try counts.int($0, .atLeast(1)) }
        .map { Tensors(format: format, count: $0) }
    }
    parameters = try reader.count(.parameters, .atLeast(1), example: "86567656")
    cost = try reader.named(.gmacs, Cost.init) ?? []
    input = try Input(
      MappingReader<InputKey>(
        try reader.required(.input, example: "{size: 224, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5]}"),
        path: "input"))
    accuracy = try reader.list(.accuracy, Accuracy.init) ?? []
    upstream = try reader.text(.upstream)
    paper = try reader.text(.paper)
    notes =
      try reader.list(.notes) { node, path -> String in
        guard let text = node.textValue else { throw RecipeError(at: node.location, "'\(path)' must be text") }
        return text
      } ?? []
    try check(reader)
  }

  /// What holds between keys.
  private func check(_ reader: MappingReader<CardKey>) throws {
    if files.isEmpty, let entry = reader.entry(.source) {
      throw RecipeError(at: entry.keyLocation, "'source' is for cards with files, which this one has not")
    }
    if !files.isEmpty, source == nil {
      throw RecipeError(
        at: reader.node.location, "'source' is missing", hint: "add it, for example 'source: official'")
    }
    for file in files where !tensors.contains(where: { $0.format == file.format }) {
      throw RecipeError(
        at: reader.node(.tensors)?.location ?? reader.node.location,
        "'tensors' does not say how many arrays '\(file.name)' has (\(file.format.rawValue))")
    }
  }
}

extension MappingReader {
  fileprivate func text(_ key: Key, example: String) throws -> String {
    _ = try required(key, example: example)
    return try text(key) ?? ""
  }

  fileprivate func count(_ key: Key, _ range: NumberRange<Int>, example: String) throws -> Int {
    _ = try required(key, example: example)
    return try int(key, range) ?? 0
  }
}

extension ModelCard.File {
  fileprivate init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<FileKey>(node, path: path)
    name = try reader.text(.name, example: "ViT-B_16.npz")
    url = try reader.text(.url, example: "https://storage.googleapis.com/vit_models/imagenet21k/ViT-B_16.npz")
    _ = try reader.required(.format, example: "official")
    format = try reader.choice(.format) ?? .official
    guard url.hasPrefix("https://") else {
      throw RecipeError(
        at: reader.node(.url)?.location ?? node.location, "'\(path).url' must begin with 'https://'")
    }
  }
}

extension ModelCard.Cost {
  /// `224: 17.6`.
  fileprivate init(_ entry: YAMLEntry, _ path: String) throws {
    guard let resolution = Int(entry.key), (1...65536).contains(resolution) else {
      throw RecipeError(at: entry.keyLocation, "'\(path)': the key must be an image's side in pixels")
    }
    guard let gmacs = entry.value.doubleValue, gmacs > 0, gmacs.isFinite else {
      throw RecipeError(at: entry.value.location, "'\(path)' must be a number above 0")
    }
    (self.resolution, self.gmacs) = (resolution, gmacs)
  }
}

extension ModelCard.Input {
  fileprivate init(_ reader: MappingReader<InputKey>) throws {
    func perChannel(_ key: InputKey) throws -> [Double] {
      let node = try reader.required(key, example: "[0.5, 0.5, 0.5]")
      let values =
        try reader.list(key) { item, path -> Double in
          guard let value = item.doubleValue, value.isFinite, key == .mean || value > 0 else {
            throw RecipeError(
              at: item.location, "'\(path)' must be a number" + (key == .mean ? "" : " above 0"))
          }
          return value
        } ?? []
      guard values.count == 3 else {
        throw RecipeError(
          at: node.location, "'\(reader.path(key))' must have 3 numbers, one a channel, not \(values.count)")
      }
      return values
    }
    size = try reader.count(.size, .within(1, 65536), example: "224")
    mean = try perChannel(.mean)
    std = try perChannel(.std)
    interpolation = try reader.choice(.interpolation)
    crop = try reader.double(.crop, .upTo(0, 1))
  }
}

extension ModelCard.Accuracy {
  fileprivate init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<AccuracyKey>(node, path: path)
    data = try reader.text(.data, example: "imagenet-1k")
    metric = try reader.text(.metric, example: "top-1")
    _ = try reader.required(.value, example: "84.53")
    value = try reader.double(.value, .within(0, 100)) ?? 0
    resolution = try reader.int(.resolution, .within(1, 65536))
    setting = try reader.text(.setting)
    source = try reader.text(.source, example: "the paper's table 2")
  }
}
