import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

extension Model {
  /// A model from a checkpoint under another library's names; the backbone's key map says which array is which.
  ///
  /// Every array is used exactly once: missing, unwanted and reshaped ones are listed together. The number of classes
  /// comes from the classifier's array; a checkpoint without one gives a model without a head.
  public static func importing(
    _ path: String, architecture: String, options: PluginOptions, headName: String, licence: String, plugins: Plugins
  ) throws -> Model {
    guard path.hasSuffix(".safetensors") else {
      throw TrainError.input(file: path, "only .safetensors checkpoints with timm's names are read so far")
    }
    let file = try SafetensorsFile(path: path)
    let format = "timm"
    let resolved = try plugins.resolve(architecture: architecture, options: options.json())
    let defaults = try resolved.component.description().formatOptions(format)
    let merged = try plugins.resolve(
      architecture: architecture, options: try PluginOptions(json: defaults, name: format).overlaid(with: options).json())
    let choice = try BackboneChoice(
      component: merged.component, variant: architecture == merged.component.name ? nil : architecture,
      options: try PluginOptions(json: merged.options, name: "options of \(architecture)"))

    let entries = try choice.instance.keyMap(format)
    let head = try classifier(in: file, entries, named: headName, plugins)
    let note = SourceNote("imported", "\(format) names")
    let model = try empty(
      choice.config(heads: head.map { [$0.config] } ?? [], source: [note]), choice.instance, heads: head.map { [$0] } ?? [],
      licence: licence)
    try model.store.take(entries, from: file, path: path, head: head?.name)
    return model
  }

  /// The linear head that the checkpoint's classifier fits; nil where it has none.
  private static func classifier(
    in file: SafetensorsFile, _ entries: [KeyMapEntry], named name: String, _ plugins: Plugins
  ) throws -> Head? {
    guard let entry = entries.first(where: { $0.parameter == "head.weight" }), let source = entry.sources.first,
      let array = file.entry(source), let classes = array.shape.first, classes > 0
    else { return nil }
    let component = try plugins.head("linear")
    let instance = try component.instantiate(options: "{}")
    let declaration = try instance.headDeclaration()
    let config = ModelHead(
      name: name, plugin: component.name, version: component.version, inputs: declaration.inputs,
      target: declaration.target, labels: .count(classes))
    return Head(config: config, instance: instance)
  }
}

extension ParameterStore {
  fileprivate func take(_ map: [KeyMapEntry], from file: SafetensorsFile, path: String, head: String?) throws {
    var (missing, reshaped, used) = ([String](), [String](), Set<String>())
    for entry in map {
      let isHead = entry.parameter.hasPrefix("head.")
      if isHead, head == nil { continue }
      let name = isHead ? "heads.\(head ?? "")." + entry.parameter.dropFirst("head.".count) : entry.parameter
      guard let parameter = self.entry(name) else { continue }
      let absent = entry.sources.filter { file.entry($0) == nil }
      missing += absent
      used.formUnion(entry.sources)
      guard absent.isEmpty, let source = entry.sources.first, let shape = file.entry(source)?.shape else { continue }
      // Dimensions of 1 come and go between libraries ([C, F, 1, 1] for a linear layer); elements keep their order.
      guard shape.filter({ $0 != 1 }) == parameter.spec.shape.filter({ $0 != 1 }) else {
        reshaped.append("\(source) \(describe(shape)), wanted \(describe(parameter.spec.shape))")
        continue
      }
      guard ["identity", "squeeze", "oihw-to-linear"].contains(entry.transform) else {
        throw TrainError.input(file: path, "'\(source)' needs the conversion '\(entry.transform)', which is not there yet")
      }
      try set(name, try file.floats(source))
    }
    let extra = file.entries.map(\.name).filter { !used.contains($0) }
    guard missing.isEmpty, reshaped.isEmpty, extra.isEmpty else {
      throw TrainError.weights(file: path, missing: missing, extra: extra, reshaped: reshaped)
    }
  }
}

extension PluginOptions {
  /// These options with others laid over them.
  func overlaid(with other: PluginOptions) -> PluginOptions {
    var result = entries.map { ($0.key, $0.value) }
    for entry in other.entries {
      if let index = result.firstIndex(where: { $0.0 == entry.key }) { result[index].1 = entry.value } else { result.append((entry.key, entry.value)) }
    }
    return PluginOptions(result)
  }
}
