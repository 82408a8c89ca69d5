import ZooArchive
import ZooEngine
import ZooGraph
import ZooHost
import ZooRecipe

/// A checkpoint of another library, matched against an architecture: ready to become a model or an archive.
///
/// Every array is used exactly once; which one is which says the backbone's key map. The number of classes comes from
/// the classifier's array; a checkpoint without one gives a model without a head.
public struct CheckpointImport {
  public let config: ModelConfig
  public let source: CheckpointSource
  /// What was settled without being asked, such as the image size by the file's position embeddings.
  public let notes: [SourceNote]
  public let parameterCount: Int
  private let model: Model
  private let parameters: [ParameterSpec]
  private let plan: CheckpointPlan

  /// - Parameters:
  ///   - path: a safetensors or npz file.
  ///   - architecture: a backbone (`vit`) or a named size (`vit-b16`).
  ///   - options: override the named size's and the numerics of the source's library.
  ///   - source: nil to tell it from the arrays' names.
  ///   - headName: the name under which the classifier is registered.
  ///   - resize: how position embeddings follow `image` where the file's are for another size.
  ///   - preprocessing: how images are prepared for the model's input size; nil for a square resize.
  /// - Throws: `TrainError.weights` naming every array that is missing, left over or of another shape.
  public init(
    _ path: String, architecture: String, options: PluginOptions, source: CheckpointSource? = nil, headName: String,
    resize: PositionResize = .official, preprocessing: ((ModelInput) -> [TransformStep]?)? = nil, licence: String,
    plugins: Plugins
  ) throws {
    let file = try openTensorFile(path)
    guard let source = source ?? CheckpointSource.recognise(file.tensorNames) else {
      let first = file.tensorNames.prefix(3).map(printable).joined(separator: ", ")
      throw TrainError.input(
        file: path,
        "cannot tell which library named its arrays (\(first.isEmpty ? "there are none" : first)); "
          + "--source official, timm or hf says it")
    }
    let names = try CheckpointNames(file, source)
    let fit = try CheckpointFit(
      architecture: architecture, given: options, source: source, names: names, plugins: plugins)
    let map = try fit.choice.instance.keyMap(source.rawValue)
    let head = try Self.classifier(names, map, named: headName, plugins)
    parameters = try fit.choice.parameters(heads: head.map { [($0.config, $0.instance)] } ?? [])
    plan = try CheckpointPlan(
      file, names: names, parameters: parameters, map: map, head: head?.name,
      adaptations: fit.choice.instance.adaptations(), rule: resize, dropped: fit.dropped, heads: fit.heads())
    let patches = plan.assignments.compactMap(\.patches).map {
      SourceNote("patches", "kernels of \($0.from)×\($0.from) pixels resized to \($0.to)×\($0.to)")
    }
    let changes = plan.assignments.compactMap(\.positions).filter { $0.from != $0.to }.map(\.note) + patches
    (self.source, notes) = (source, fit.notes + changes)
    config = fit.choice.config(
      heads: head.map { [$0.config] } ?? [], preprocessing: preprocessing?(fit.choice.input),
      source: [SourceNote("imported", "\(source.rawValue) names")] + notes)
    parameterCount = parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    model = Model(
      config: config, backbone: fit.choice.instance, heads: head.map { [$0] } ?? [],
      store: try ParameterStore(parameters: []),
      origin: Model.Origin(licence: licence))
  }

  /// The linear head that the checkpoint's classifier fits; nil where it has none.
  private static func classifier(
    _ names: CheckpointNames, _ map: [KeyMapEntry], named name: String, _ plugins: Plugins
  ) throws -> Model.Head? {
    guard let entry = map.first(where: { $0.parameter == "head.weight" }), let source = entry.sources.first,
      let array = names.array(source),
      let classes = CheckpointLayout(entry.transform, source: array.shape)?.result.first
    else { return nil }
    let component = try plugins.head("linear")
    let instance = try component.instantiate(options: "{}")
    let declaration = try instance.headDeclaration()
    let config = ModelHead(
      name: name, plugin: component.name, version: component.version, inputs: declaration.inputs,
      target: declaration.target, labels: .count(classes))
    return Model.Head(config: config, instance: instance)
  }

  /// The model with its weights in memory.
  public func load() throws -> Model {
    let store = try ParameterStore(parameters: parameters)
    for assignment in plan.assignments {
      var values: [Float] = []
      values.reserveCapacity(assignment.shape.reduce(1, *))
      try plan.produce(assignment) { values.append(contentsOf: $0) }
      try store.set(assignment.parameter, values)
    }
    return Model(config: config, backbone: model.backbone, heads: model.heads, store: store, origin: model.origin)
  }

  /// Writes the archive, one array of the checkpoint in memory at a time.
  /// - Parameter golden: outputs of the model as `load` gives it, which has all weights in memory.
  /// - Returns: the archive's digest.
  @discardableResult
  public func write(
    to path: String, name: String, tags: [String] = [], createdBy: String, golden: Golden? = nil
  ) throws -> String {
    let weights = plan.assignments.map { [plan] assignment in
      TensorSource(name: assignment.parameter, dtype: .f32, shape: assignment.shape) { sink in
        try plan.produce(assignment) { try sink(UnsafeRawBufferPointer($0)) }
      }
    }
    return try model.write(to: path, name: name, tags: tags, createdBy: createdBy, golden: golden, weights: weights)
  }
}

extension Model {
  /// A model from a checkpoint under another library's names, as `CheckpointImport` makes it.
  public static func importing(
    _ path: String, architecture: String, options: PluginOptions, source: CheckpointSource? = nil, headName: String,
    resize: PositionResize = .official, licence: String, plugins: Plugins
  ) throws -> Model {
    try CheckpointImport(
      path, architecture: architecture, options: options, source: source, headName: headName, resize: resize,
      licence: licence, plugins: plugins
    ).load()
  }
}
