import ZooArchive
import ZooEngine
import ZooGraph
import ZooRecipe

/// This software's version, as archives record it.
public let zooVersion = "0.1.0"

extension Model {
  /// Writes the model as an archive. The file appears whole or not at all; the same model gives the same bytes.
  ///
  /// - Parameters:
  ///   - tags: for the manifest.
  ///   - recipe: the resolved recipe that made it, kept inside.
  ///   - data: what it learned from and was measured on.
  ///   - createdBy: the command, without times or paths.
  ///   - golden: its golden outputs.
  /// - Returns: the archive's digest.
  @discardableResult
  public func write(
    to path: String, name: String, tags: [String] = [], recipe: String? = nil, data: [Manifest.DataSet] = [],
    createdBy: String, golden: Golden? = nil
  ) throws -> String {
    try write(
      to: path, name: name, tags: tags, recipe: recipe, data: data, createdBy: createdBy, golden: golden,
      weights: weightSources())
  }

  /// Parameters, then states, as they are in memory.
  func weightSources() -> [TensorSource] {
    let store = store
    var weights = store.entries.map { entry in
      TensorSource(name: entry.spec.name, dtype: .f32, shape: entry.spec.shape) { sink in
        _ = try store.withBytes(of: entry.spec.name) { try sink($0) }
      }
    }
    for state in store.stateNames {
      let values = store.state(state) ?? []
      weights.append(TensorSource(name: state, floats: values, shape: [values.count]))
    }
    return weights + quantizedSources()
  }

  /// Writes the model with weights that need not be in memory.
  @discardableResult
  func write(
    to path: String, name: String, tags: [String] = [], recipe: String? = nil, data: [Manifest.DataSet] = [],
    createdBy: String, golden: Golden?, weights: [TensorSource]
  ) throws -> String {
    let states = Set(store.stateNames)
    let quantized = config.quantization?.weights ?? []
    let others = states.union(quantized.flatMap { [QuantizedWeight.scaleName($0), QuantizedWeight.inputName($0)] })
    let count = weights.filter { !others.contains($0.name) }.reduce(0) { $0 + $1.shape.reduce(1, *) }
    var members = [
      ArchiveMember(Manifest.configPath, .config, try boundConfig(weights).encoded()),
      ArchiveMember(Manifest.cardPath, .card, text: card(name: name, parameters: count)),
    ]
    members += origin.licenceTexts + origin.recipes
    if let recipe { members.append(ArchiveMember(Manifest.recipePath, .recipe, text: recipe)) }
    if let golden { members += try golden.members() }
    let component = backbone.component
    var plugins = [Manifest.Plugin(id: component.name, kind: "backbone", version: component.version)]
    for head in heads where !plugins.contains(where: { $0.id == head.config.plugin && $0.kind == "head" }) {
      plugins.append(Manifest.Plugin(id: head.config.plugin, kind: "head", version: head.config.version))
    }
    return try ModelArchiveWriter.write(
      to: path, name: name, members: members, weights: weights, licence: origin.licence,
      tags: tags,
      provenance: Manifest.Provenance(
        parents: origin.archive.map { [$0] } ?? [], ancestors: origin.history,
        recipe: recipe.map { Digest.sha256(Array($0.utf8)) }, data: data, zoo: zooVersion, createdBy: createdBy),
      plugins: plugins)
  }

  /// The config with its heads bound to the trunk that is written.
  ///
  /// - Throws: `TrainError.model` for a head that was trained on another trunk.
  private func boundConfig(_ weights: [TensorSource]) throws -> ModelConfig {
    guard !config.heads.isEmpty else { return config }
    var config = config
    let digest = try Digest.sha256(weights.filter { !$0.name.hasPrefix("heads.") })
    config.trunk = digest
    for index in config.heads.indices {
      guard config.heads[index].trunk ?? digest == digest else {
        throw TrainError.model(
          "head '\(config.heads[index].name)'", "was trained on another trunk and means nothing on this one")
      }
      config.heads[index].trunk = digest
    }
    return config
  }

  /// A card for people, from what the archive knows.
  private func card(name: String, parameters: Int) -> String {
    var text = "# \(name)\n\n"
    text += "- architecture: \(config.variant ?? config.architecture)\n- parameters: \(parameters)\n"
    text += "- input: \(config.input.height)×\(config.input.width) pixels, \(config.input.channels) channels\n"
    for head in heads {
      let kind = head.config.isVector ? "numbers" : "classes"
      text += "- head `\(head.name)`: \(head.config.plugin), \(head.classes) \(kind)\n"
    }
    if let quantization = config.quantization {
      text += "- quantised: \(quantization.weights.count) weights in int8\n"
    }
    text += "- licence: \(origin.licence)\n"
    if let parent = origin.archive { text += "- made from: \(parent.name) (\(parent.digest))\n" }
    for note in config.source { text += "- \(note.name): \(note.text)\n" }
    return text
  }
}
