extension ModelConfig {
  /// Reads a config strictly: unknown keys are errors.
  ///
  /// - Parameter name: what errors call the file, such as `vit-b16.tar:config.yaml`.
  /// - Throws: `RecipeError`, the first mistake found.
  public init(bytes: [UInt8], name: String) throws {
    guard let tree = try YAMLNode.parse(bytes, name: name, limits: .config), !tree.isNull else {
      throw RecipeError.empty(SourceLocation(file: name))
    }
    // The version first: what another version means by a key cannot be judged here.
    if let schema = tree["schema"], schema.textValue != Self.schema {
      throw RecipeError.badSchema(schema, wanted: Self.schema)
    }
    let reader = try MappingReader<ModelConfigKey>(tree, path: "")
    _ = try reader.required(.schema, example: Self.schema)
    architecture = try readText(try reader.required(.architecture, example: "vit"), "architecture")
    variant = try reader.text(.variant)
    options = try reader.node(.options).map { try PluginOptions($0, "options") } ?? PluginOptions()
    let size = try reader.required(.input, example: "{height: 224, width: 224, channels: 3}")
    input = try ModelInput(MappingReader<ModelInputKey>(size, path: "input"))
    preprocessing = try reader.list(.preprocessing) {
      try TransformStep($0, $1, cropping: RecipeDefaults.cropInEvaluation)
    }
    var names = Set<String>()
    heads =
      try reader.list(.heads) { node, path in
        let head = try ModelHead(node, path)
        guard names.insert(head.name).inserted else {
          throw RecipeError.repeated(node["name"] ?? node, "\(path).name", head.name)
        }
        return head
      } ?? []
    trunk = try reader.text(.trunk)
    quantization = try reader.node(.quantization).map { try ModelQuantization($0, reader.path(.quantization)) }
    source =
      try reader.node(.source).map { node in
        guard let entries = node.entries else {
          throw RecipeError.wrongType(node, "source", wanted: "a mapping")
        }
        return try entries.map { SourceNote($0.key, try readAnyText($0.value, "source.\($0.key)")) }
      } ?? []
  }
}

enum ModelConfigKey: String, MappingKey {
  case schema, architecture, variant, options, input, preprocessing, heads, trunk, quantization, source
}
enum ModelInputKey: String, MappingKey { case height, width, channels, mean, std, range }
enum ModelHeadKey: String, MappingKey { case name, plugin, version, input, target, labels, options, trunk }

extension ModelInput {
  init(_ reader: MappingReader<ModelInputKey>) throws {
    func side(_ key: ModelInputKey, most: Int, example: String) throws -> Int {
      try readInt(try reader.required(key, example: example), reader.path(key), .within(1, most))
    }
    let channels = try side(.channels, most: 4096, example: "3")
    func perChannel(_ key: ModelInputKey, _ range: NumberRange<Double>, count: Int) throws -> [Double] {
      let node = try reader.required(key, example: "[0.5, 0.5, 0.5]")
      let values = try readList(node, reader.path(key)) { try readDouble($0, $1, range) }
      if values.count != count {
        throw RecipeError.wrongCount(node, reader.path(key), wanted: "\(count) numbers", found: values.count)
      }
      return values
    }
    height = try side(.height, most: largestSide, example: "224")
    width = try side(.width, most: largestSide, example: "224")
    self.channels = channels
    mean = try perChannel(.mean, .any, count: channels)
    std = try perChannel(.std, .above(0), count: channels)
    let bounds = reader.entry(.range) == nil ? [0, 1] : try perChannel(.range, .any, count: 2)
    range = PixelRange(low: bounds[0], high: bounds[1])
  }
}

extension ModelHead {
  init(_ node: YAMLNode, _ path: String) throws {
    let reader = try MappingReader<ModelHeadKey>(node, path: path)
    func text(_ key: ModelHeadKey, example: String) throws -> String {
      try readText(try reader.required(key, example: example), reader.path(key))
    }
    name = try text(.name, example: "label")
    try checkName(name, at: reader.node(.name)?.location ?? node.location, reader.path(.name), dots: false)
    plugin = try text(.plugin, example: "linear")
    version = try text(.version, example: "'1.0.0'")
    let input = try reader.required(.input, example: "pooled")
    inputs =
      input.items == nil
      ? [try readText(input, reader.path(.input))] : try readList(input, reader.path(.input), readText)
    if inputs.isEmpty {
      throw RecipeError.wrongCount(input, reader.path(.input), wanted: "at least one activation", found: 0)
    }
    target = try text(.target, example: "class")
    labels = try reader.node(.labels).map { try Labels($0, reader.path(.labels)) }
    options =
      try reader.node(.options).map { try PluginOptions($0, reader.path(.options)) } ?? PluginOptions()
    trunk = try reader.text(.trunk)
  }
}

extension ModelHead.Labels {
  init(_ node: YAMLNode, _ path: String) throws {
    switch try DataSource.ClassList(node, path) {
    case .count(let count): self = .count(count)
    case .names(let names): self = .names(names)
    }
  }
}

/// A note may be empty.
private func readAnyText(_ node: YAMLNode, _ path: String) throws -> String {
  guard let text = node.textValue else { throw RecipeError.notText(node, path) }
  return text
}
