import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

extension Model {
  /// Reads a model archive: config, plugins, weights. Every array must be there with its shape, and no other.
  ///
  /// - Parameters:
  ///   - verifyDigests: whether every member is hashed. Models of the store were when they were installed.
  ///   - mapped: whether float32 weights are used where they lie in the file, in pages that processes share, until
  ///     something writes. The file may be renamed or unlinked meanwhile, but not written in place.
  public static func open(
    _ path: String, plugins: Plugins, verifyDigests: Bool = true, mapped: Bool = false
  ) throws -> Model {
    let archive = try ModelArchive.open(path, verifyDigests: verifyDigests)
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
    let quantization = try config.quantization.map { try Quantization($0, archive.weights, path: path) }
    let plain = try ModelGraph(
      backbone: choice.instance, heads: heads.map { ($0.config, $0.instance) }, input: config.input, phase: .predict)
    let graph: Graph
    do { graph = try quantization.map(plain.quantized)?.graph ?? plain.graph } catch let error as GraphError {
      throw TrainError.model(path, "\(error)")
    }
    let weights = config.quantization?.weights ?? []
    let store = try ParameterStore(for: graph, from: archive.weights, file: path, mapped: mapped, quantized: weights)
    try store.readQuantized(weights, graph, archive.weights, path: path, mapped: mapped)
    return Model(
      config: config, backbone: choice.instance, heads: heads, store: store, origin: try Origin(archive),
      quantization: quantization)
  }

  /// An archive by its path is hashed and its weights are copied. A model of the store was hashed when it was installed
  /// and is never written in place: its weights are mapped.
  /// - Parameter mapped: whether those of an archive are mapped too.
  public static func open(
    _ reference: ModelReference, in store: Store, plugins: Plugins, mapped: Bool = false
  ) throws -> Model {
    switch reference {
    case .path(let path): try open(path, plugins: plugins, mapped: mapped)
    case .installed(let model):
      try open(store.path(for: model), plugins: plugins, verifyDigests: false, mapped: true)
    }
  }
}
