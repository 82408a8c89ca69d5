import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

extension Model {
  /// Reads a model archive: config, plugins, weights. Every array must be there with its shape, and no other.
  public static func open(_ path: String, plugins: Plugins) throws -> Model {
    let archive = try ModelArchive.open(path)
    let config = try ModelConfig(bytes: archive.config, name: path + ":" + Manifest.configPath)
    let choice = try BackboneChoice(
      component: try plugins.backbone(config.architecture), variant: config.variant, options: config.options)
    var heads: [Head] = []
    for head in config.heads {
      guard head.trunk == config.trunk else {
        throw TrainError.model(
          path, "the head '\(head.name)' was trained on another trunk and means nothing on this one")
      }
      let component = try plugins.head(head.plugin)
      heads.append(Head(config: head, instance: try component.instantiate(options: head.options.json())))
    }
    let model = try empty(config, choice.instance, heads: heads, origin: try Origin(archive))
    try model.store.load(archive.weights, file: path)
    return model
  }
}

extension ParameterStore {
  /// Takes every parameter from the array of the same name; states too where the file has them.
  func load(_ file: SafetensorsFile, file path: String) throws {
    var (missing, reshaped) = ([String](), [String]())
    for entry in entries {
      guard let found = file.entry(entry.spec.name) else {
        missing.append(entry.spec.name)
        continue
      }
      if found.shape != entry.spec.shape {
        reshaped.append("\(entry.spec.name) \(describe(found.shape)), wanted \(describe(entry.spec.shape))")
      }
    }
    let states = stateNames
    missing += states.filter { file.entry($0) == nil }
    let extra = file.entries.map(\.name).filter { entry($0) == nil && !states.contains($0) }
    guard missing.isEmpty, reshaped.isEmpty, extra.isEmpty else {
      throw TrainError.weights(file: path, missing: missing, extra: extra, reshaped: reshaped)
    }
    for entry in entries {
      let name = entry.spec.name
      if file.entry(name)?.dtype == .f32 {
        try file.withBytes(of: name) { try set(name, bytes: $0) }
      } else {
        try set(name, try file.floats(name))
      }
    }
    for state in stateNames { try setState(state, try file.floats(state)) }
  }
}
