import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// A backbone at a size, before there are weights.
public struct BackboneChoice {
  public let instance: ComponentInstance
  /// The plugin's id, such as `vit`.
  public let architecture: String
  /// The named size, such as `vit-b16`, if one was named.
  public let variant: String?
  public let options: PluginOptions
  public let input: ModelInput

  /// - Parameters:
  ///   - architecture: a backbone (`vit`) or a named size (`vit-b16`).
  ///   - options: override the named size's.
  public init(architecture name: String, options: PluginOptions, plugins: Plugins) throws {
    let resolved = try plugins.resolve(architecture: name, options: options.json())
    try self.init(
      component: resolved.component, variant: name == resolved.component.name ? nil : name,
      options: try PluginOptions(json: resolved.options, name: "options of \(name)"))
  }

  public init(component: Component, variant: String?, options: PluginOptions) throws {
    instance = try component.instantiate(options: options.json())
    let declaration = try instance.backboneDeclaration()
    (architecture, self.variant, self.options) = (component.name, variant, options)
    let image = declaration.image
    input = ModelInput(
      height: image.height, width: image.width, channels: image.channels, mean: image.mean, std: image.deviation)
  }

  func config(heads: [ModelHead], preprocessing: [TransformStep]? = nil, source: [SourceNote] = []) -> ModelConfig {
    ModelConfig(
      architecture: architecture, variant: variant, options: options, input: input, preprocessing: preprocessing,
      heads: heads, source: source)
  }
}

extension Model {
  /// A model with random weights, drawn by the architecture's initialisers.
  public static func create(
    architecture: String, options: PluginOptions, seed: Int, plugins: Plugins, licence: String = "Apache-2.0"
  ) throws -> Model {
    let choice = try BackboneChoice(architecture: architecture, options: options, plugins: plugins)
    return try create(choice, seed: seed, licence: licence)
  }

  static func create(_ choice: BackboneChoice, seed: Int, licence: String) throws -> Model {
    let note = SourceNote("initialised", "random weights, seed \(seed)")
    let model = try empty(
      choice.config(heads: [], source: [note]), choice.instance, heads: [], origin: Origin(licence: licence))
    try model.store.initialize(seed: seed)
    return model
  }

  /// This model with a new linear head in the place of all its own, for measuring.
  public func replacingHeads(classes: Int, plugins: Plugins) throws -> Model {
    let component = try plugins.head("linear")
    let instance = try component.instantiate(options: "{}")
    let declaration = try instance.headDeclaration()
    var config = config
    config.heads = [
      ModelHead(
        name: "label", plugin: component.name, version: component.version, inputs: declaration.inputs,
        target: declaration.target, labels: .count(classes))
    ]
    let head = Head(config: config.heads[0], instance: instance)
    let model = try Model.empty(
      config, backbone, heads: [head], origin: Origin(licence: origin.licence), quantization: quantization)
    model.store.shareQuantized(of: store)
    for entry in model.store.entries where store.entry(entry.spec.name)?.spec.shape == entry.spec.shape {
      try model.store.set(entry.spec.name, try store.values(entry.spec.name))
    }
    return model
  }

  /// Room for the parameters of a configuration, zeroed.
  static func empty(
    _ config: ModelConfig, _ backbone: ComponentInstance, heads: [Head], origin: Origin,
    quantization: Quantization? = nil
  ) throws -> Model {
    let plain = try ModelGraph(
      backbone: backbone, heads: heads.map { ($0.config, $0.instance) }, input: config.input, phase: .predict)
    let graph = try quantization.map(plain.quantized)?.graph ?? plain.graph
    return Model(
      config: config, backbone: backbone, heads: heads, store: try ParameterStore(for: graph), origin: origin,
      quantization: quantization)
  }
}
