import ZooEngine
import ZooGraph
import ZooHost

/// What heads read of a trunk that stays as it is: a row of numbers for each image, the activations one after the other.
public struct TrunkFeatures: Sendable, Equatable {
  struct Activation: Sendable, Equatable {
    let name: String
    /// Without the batch.
    let shape: [Int]
    var count: Int { shape.reduce(1, *) }
  }
  let activations: [Activation]
  /// Numbers of one image.
  public var count: Int { activations.reduce(0) { $0 + $1.count } }
  /// Their names.
  public var names: [String] { activations.map(\.name) }

  /// - Throws: where a head reads an activation that the trunk has not.
  init(of model: Model, for heads: [String]) throws {
    let graph = try model.graph(.train)
    var wanted: [String] = []
    for head in model.heads where heads.contains(head.name) {
      for (place, own) in try head.instance.headDeclaration().inputs.enumerated() {
        let name = head.config.inputs.indices.contains(place) ? head.config.inputs[place] : own
        if !wanted.contains(name) { wanted.append(name) }
      }
    }
    activations = try wanted.map { name in
      guard let value = graph.activations.first(where: { $0.name == name })?.value else {
        throw TrainError.model("the backbone", "has no activation '\(name)'")
      }
      return Activation(name: name, shape: Array(graph.graph.type(of: value).shape.dropFirst()))
    }
  }

  /// The heads on rows of features, which come as the input `image`.
  func headGraph(_ model: Model, _ heads: [String]) throws -> ModelGraph {
    var graph = Graph()
    let rows = try graph.input("image", TensorType(.float32, [TensorType.batch, count]))
    var (values, start) = ([(name: String, value: Value)](), 0)
    for activation in activations {
      let attributes: Attributes = ["axis": .int(1), "start": .int(start), "stop": .int(start + activation.count)]
      let part = activations.count == 1 ? rows : try graph.apply(named: "slice@1", [rows], attributes)[0]
      let shape: Attributes = ["shape": .ints([TensorType.batch] + activation.shape)]
      values.append((activation.name, try graph.apply(named: "reshape@1", [part], shape)[0]))
      start += activation.count
    }
    return try ModelGraph(
      graph: graph, image: rows, activations: values, backbone: model.backbone,
      heads: model.heads.filter { heads.contains($0.name) }.map { ($0.config, $0.instance) }, phase: .train,
      targets: Set(heads))
  }

  /// The trunk compiled to make them.
  func program(_ model: Model, engine: Engine, batch: Int) throws -> Program {
    let built = try model.graph(.train)
    let outputs = activations.compactMap { wanted in built.activations.first { $0.name == wanted.name } }
    let fused = try built.graph.fusingNormalization(keeping: outputs.map(\.value))
    let moved = outputs.compactMap { output in fused[output.value].map { (name: output.name, value: $0) } }
    let final = try fused.graph.fusingEpilogues(keeping: moved.map(\.value))
    return try Program(
      final.graph, engine: engine, store: model.store,
      outputs: moved.compactMap { output in final[output.value].map { (output.name, $0) } }, batch: batch,
      mode: .inference)
  }

  /// Whether the trunk computes the same of an image in every step: it draws nothing, and has no state that changes.
  func areFixed(in model: Model) throws -> Bool {
    let built = try model.graph(.train)
    let outputs = built.activations.filter { names.contains($0.name) }.map(\.value)
    let changing = Set(built.updates.map(\.name))
    for (node, isNeeded) in zip(built.graph.nodes, built.graph.reachable(from: outputs)) where isNeeded {
      switch node.kind {
      case .input(let name) where name != "image": return false
      case .state(let spec) where changing.contains(spec.name): return false
      default: break
      }
    }
    return true
  }
}
