import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// The architecture that fits a checkpoint: its options from the user, the file and the library that wrote it, in
/// this order.
struct CheckpointFit {
  private(set) var choice: BackboneChoice
  /// What was settled without being asked.
  private(set) var notes: [SourceNote] = []
  /// Arrays that are left out on purpose.
  private(set) var dropped: [CheckpointArray] = []
  private let source: CheckpointSource
  private let architecture: String
  private let given: PluginOptions
  private let plugins: Plugins

  init(
    architecture: String, given: PluginOptions, source: CheckpointSource, names: CheckpointNames, plugins: Plugins
  ) throws {
    (self.architecture, self.given, self.source, self.plugins) = (architecture, given, source, plugins)
    let component = try plugins.resolve(architecture: architecture).component
    let description = try component.description()
    var options = try PluginOptions(
      json: description.formatOptions(source.checked(for: component).rawValue), name: "options of \(source.rawValue)")
    choice = try Self.choice(architecture, options.overlaid(with: given), plugins)
    let known = Set(description.options.map(\.name))
    if known.contains("pre-logits") { try settlePreLogits(&options, names) }
    if known.contains("image"), given.node["image"] == nil { try settleImage(&options, names) }
  }

  /// The number of attention heads, where the architecture has an option for it.
  func heads() throws -> Int? {
    if let given = choice.options.node["heads"] { return given.intValue }
    return try choice.instance.component.description().options.first { $0.name == "heads" }
      .flatMap { Int($0.defaultValue) }
  }

  private static func choice(_ architecture: String, _ options: PluginOptions, _ plugins: Plugins) throws
    -> BackboneChoice
  {
    let merged = try plugins.resolve(architecture: architecture, options: options.json())
    return try BackboneChoice(
      component: merged.component, variant: architecture == merged.component.name ? nil : architecture,
      options: try PluginOptions(json: merged.options, name: "options of \(architecture)"))
  }

  private mutating func set(_ option: String, _ value: Int, _ options: inout PluginOptions) throws {
    options = options.overlaid(with: PluginOptions([(option, .int(value))]))
    choice = try Self.choice(architecture, options.overlaid(with: given), plugins)
  }

  /// The tanh layer before the classifier is kept where the file has one, since upstream features come out of it;
  /// `pre-logits=0` leaves it out, as fine-tuning wants.
  private mutating func settlePreLogits(_ options: inout PluginOptions, _ names: CheckpointNames) throws {
    let probe = try Self.choice(
      architecture, choice.options.overlaid(with: PluginOptions([("pre-logits", .int(1))])), plugins)
    let entries = try probe.instance.keyMap(source.rawValue).filter { $0.parameter.hasPrefix("pre_logits.") }
    guard let entry = entries.first(where: { $0.parameter == "pre_logits.weight" }), let name = entry.sources.first,
      let array = names.array(name),
      let width = CheckpointLayout(entry.transform, source: array.shape)?.result.first
    else { return }
    switch given.node["pre-logits"]?.intValue {
    case 0?:
      dropped = entries.flatMap(\.sources).compactMap(names.array)
      notes.append(SourceNote("pre-logits", "the layer of \(width) was left out"))
    case nil:
      try set("pre-logits", width, &options)
      notes.append(SourceNote("pre-logits", "the layer of \(width) was kept; pre-logits=0 leaves it out"))
    case _?: break
    }
  }

  /// The image size that the file's position embeddings are for. With another patch size, which the user asks for,
  /// the image stays and the grid follows.
  private mutating func settleImage(_ options: inout PluginOptions, _ names: CheckpointNames) throws {
    guard try !isOfOtherPatches(names),
      let adaptation = try choice.instance.adaptations().first(where: { $0.kind == "grid" }),
      let name = try choice.instance.keyMap(source.rawValue).first(where: { $0.parameter == adaptation.parameter })?
        .sources.first,
      let array = names.array(name),
      let parameter = try choice.parameters().first(where: { $0.name == adaptation.parameter }),
      let change = PositionChange(
        .official, from: array.shape, to: parameter.shape, prefix: adaptation.prefix,
        prefixed: !names.barePositions.contains(array.source)),
      change.from != change.to
    else { return }
    let size = choice.input.height / change.to * change.from
    try set("image", size, &options)
    notes.append(SourceNote("image", "\(size) pixels, by the file's \(change.from)×\(change.from) positions"))
  }

  private func isOfOtherPatches(_ names: CheckpointNames) throws -> Bool {
    guard let adaptation = try choice.instance.adaptations().first(where: { $0.kind == "patch" }),
      let entry = try choice.instance.keyMap(source.rawValue).first(where: { $0.parameter == adaptation.parameter }),
      let array = entry.sources.first.flatMap(names.array),
      let result = CheckpointLayout(entry.transform, source: array.shape)?.result,
      let parameter = try choice.parameters().first(where: { $0.name == adaptation.parameter })
    else { return false }
    return PatchResize(from: result, to: parameter.shape) != nil
  }
}

extension BackboneChoice {
  /// The backbone's parameters, in the order of its graph.
  func parameters(heads: [(config: ModelHead, instance: ComponentInstance)] = []) throws -> [ParameterSpec] {
    try ModelGraph(backbone: instance, heads: heads, input: input, phase: .predict).graph.parameters.map(\.spec)
  }
}

extension PluginOptions {
  /// These options with others laid over them.
  func overlaid(with other: PluginOptions) -> PluginOptions {
    var result = entries.map { ($0.key, $0.value) }
    for entry in other.entries {
      if let index = result.firstIndex(where: { $0.0 == entry.key }) {
        result[index].1 = entry.value
      } else {
        result.append((entry.key, entry.value))
      }
    }
    return PluginOptions(result)
  }
}
