extension ModelConfig {
  /// The config as the bytes of `config.yaml`.
  ///
  /// - Throws: `RecipeError` where a value made in code would not read back (a head's name with a blank, a
  ///   repeated label, numbers of means that do not fit the channels).
  public func encoded() throws -> [UInt8] {
    let bytes = Array(yaml().utf8)
    _ = try ModelConfig(bytes: bytes, name: "config.yaml")
    return bytes
  }

  /// The config as YAML, the same bytes for the same config; `ModelConfig(bytes:name:)` reads back an equal
  /// one.
  public func yaml() -> String {
    var entries: [(String, YAMLNode)] = [
      ("schema", .text(Self.schema)), ("architecture", .text(architecture)),
    ]
    if let variant { entries.append(("variant", .text(variant))) }
    if !options.isEmpty { entries.append(("options", options.node)) }
    entries.append(("input", input.node))
    if let preprocessing { entries.append(("preprocessing", .list(preprocessing.map(\.node)))) }
    if !heads.isEmpty { entries.append(("heads", .list(heads.map(\.node)))) }
    if let trunk { entries.append(("trunk", .text(trunk))) }
    if let quantization { entries.append(("quantization", quantization.node)) }
    if !source.isEmpty { entries.append(("source", .map(source.map { ($0.name, .text($0.text)) }))) }
    return yamlText(of: .map(entries))
  }
}

extension ModelInput {
  fileprivate var node: YAMLNode {
    .map([
      ("height", .int(height)), ("width", .int(width)), ("channels", .int(channels)),
      ("mean", .list(mean.map(YAMLNode.double))), ("std", .list(std.map(YAMLNode.double))),
      ("range", .list([.double(range.low), .double(range.high)])),
    ])
  }
}

extension ModelHead {
  fileprivate var node: YAMLNode {
    var entries: [(String, YAMLNode)] = [
      ("name", .text(name)), ("plugin", .text(plugin)), ("version", .text(version)),
      ("input", inputs.count == 1 ? .text(inputs[0]) : .list(inputs.map(YAMLNode.text))),
      ("target", .text(target)),
    ]
    switch labels {
    case .names(let names): entries.append(("labels", .list(names.map(YAMLNode.text))))
    case .count(let count): entries.append(("labels", .int(count)))
    case nil: break
    }
    if !options.isEmpty { entries.append(("options", options.node)) }
    if let trunk { entries.append(("trunk", .text(trunk))) }
    return .map(entries)
  }
}

extension Interval {
  fileprivate var node: YAMLNode { .list([.double(low), .double(high)]) }
}

extension TransformStep {
  /// On one line of JSON, every value spelt out.
  public var text: String { jsonText(of: node) }

  /// As it is written in a recipe, every value spelt out.
  var node: YAMLNode {
    switch self {
    case .resize(let size, let mode, let filter):
      .map([
        ("resize", .map(sides(size) + [("mode", .text(mode.rawValue)), ("filter", .text(filter.rawValue))]))
      ])
    case .crop(let size, let position):
      .map([("crop", .map(sides(size) + [("position", .text(position.rawValue))]))])
    case .flip(let probability): .map([("flip", .map([("probability", .double(probability))]))])
    case .randomResizedCrop(let size, let area, let aspect, let filter):
      .map([
        (
          "random-resized-crop",
          .map(sides(size) + [("area", area.node), ("aspect", aspect.node), ("filter", .text(filter.rawValue))])
        )
      ])
    case .colorJitter(let brightness, let contrast, let saturation, let hue):
      .map([
        (
          "color-jitter",
          .map([
            ("brightness", .double(brightness)), ("contrast", .double(contrast)), ("saturation", .double(saturation)),
            ("hue", .double(hue)),
          ])
        )
      ])
    case .randAugment(let layers, let magnitude):
      .map([("rand-augment", .map([("layers", .int(layers)), ("magnitude", .double(magnitude))]))])
    case .randomErasing(let probability, let area, let aspect):
      .map([
        (
          "random-erasing",
          .map([("probability", .double(probability)), ("area", area.node), ("aspect", aspect.node)])
        )
      ])
    }
  }

  private func sides(_ size: ImageSize?) -> [(String, YAMLNode)] {
    guard let size else { return [] }
    if size.height == size.width { return [("size", .int(size.height))] }
    return [("height", .int(size.height)), ("width", .int(size.width))]
  }
}
