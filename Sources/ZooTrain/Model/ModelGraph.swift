import ZooGraph
import ZooHost
import ZooRecipe

/// The graph of a model for one phase: backbone, then heads.
public struct ModelGraph {
  /// A head's place in the graph.
  public struct HeadPart {
    public let name: String
    public let build: HeadBuild
  }

  public var graph = Graph()
  /// float32 [batch, height, width, channels]; the input named `image`.
  public internal(set) var image: Value
  /// Named activations of the backbone, in their order.
  public internal(set) var activations: [(name: String, value: Value)]
  public internal(set) var heads: [HeadPart]
  public internal(set) var updates: [StateUpdate]

  /// - Parameters:
  ///   - targets: names of the heads that are to learn or to be measured; they get target inputs
  ///     (`HEAD.first`, `HEAD.second`, `HEAD.mix`; `HEAD.values` for several labels or numbers) and losses.
  public init(
    backbone: ComponentInstance, heads: [(config: ModelHead, instance: ComponentInstance)], input: ModelInput,
    phase: Phase, targets: Set<String> = []
  ) throws {
    let type = TensorType(.float32, [TensorType.batch, input.height, input.width, input.channels])
    image = try graph.input("image", type)
    let trunk = try backbone.buildBackbone(into: &graph, image: image, phase: phase)
    activations = trunk.activations
    let built = try Self.build(
      heads, on: trunk.activations, depth: backbone.backboneDeclaration().depth + 2, phase, targets, &graph)
    self.heads = built.parts
    updates = trunk.updates + built.updates
  }

  init(
    graph: Graph, image: Value, activations: [(name: String, value: Value)], backbone: ComponentInstance,
    heads: [(config: ModelHead, instance: ComponentInstance)], phase: Phase, targets: Set<String>
  ) throws {
    (self.graph, self.image, self.activations) = (graph, image, activations)
    let built = try Self.build(
      heads, on: activations, depth: backbone.backboneDeclaration().depth + 2, phase, targets, &self.graph)
    (self.heads, updates) = (built.parts, built.updates)
  }

  private static func build(
    _ heads: [(config: ModelHead, instance: ComponentInstance)], on activations: [(name: String, value: Value)],
    depth: Int, _ phase: Phase, _ targets: Set<String>, _ graph: inout Graph
  ) throws -> (parts: [HeadPart], updates: [StateUpdate]) {
    var (parts, updates) = ([HeadPart](), [StateUpdate]())
    for head in heads {
      let wanted = targets.contains(head.config.name)
      let target = wanted ? try target(of: head.config, &graph, head.instance) : nil
      let count = head.config.labels?.count ?? 0
      let build = try head.instance.buildHead(
        named: head.config.name, into: &graph, activations: try inputs(of: head, activations),
        classes: head.config.isVector ? 0 : count, target: target, phase: phase, depth: depth,
        targetWidth: head.config.isVector ? count : 0)
      parts.append(HeadPart(name: head.config.name, build: build))
      updates += build.updates
    }
    return (parts, updates)
  }

  /// A head's inputs by the names that its plugin knows: the recipe may lead another activation to one.
  private static func inputs(
    of head: (config: ModelHead, instance: ComponentInstance), _ activations: [(name: String, value: Value)]
  ) throws -> [(name: String, value: Value)] {
    var result = activations
    for (wanted, given) in zip(try head.instance.headDeclaration().inputs, head.config.inputs) where wanted != given {
      guard let value = activations.first(where: { $0.name == given })?.value else {
        throw TrainError.model(
          "head '\(head.config.name)'",
          "the backbone has no activation '\(given)'; it has \(activations.map(\.name).joined(separator: ", "))")
      }
      result.removeAll { $0.name == wanted }
      result.append((wanted, value))
    }
    return result
  }

  private static func target(
    of head: ModelHead, _ graph: inout Graph, _ instance: ComponentInstance
  ) throws -> TargetValues {
    let rows = [TensorType.batch]
    let kind = try instance.headDeclaration().target
    switch kind {
    case "class":
      let labels = TensorType(.int32, rows)
      return .classes(
        first: try graph.input(head.name + ".first", labels), second: try graph.input(head.name + ".second", labels),
        mix: try graph.input(head.name + ".mix", TensorType(.float32, rows)))
    default:
      guard let width = head.labels?.count else {
        throw TrainError.model("head '\(head.name)'", "learns from '\(kind)' targets, but has no labels to count")
      }
      let values = try graph.input(head.name + ".values", TensorType(.float32, rows + [width]))
      switch kind {
      case "multi-label": return .multiLabel(values)
      case "vector": return .vector(values)
      // Numbers whose meaning the head alone knows.
      default: return .own(kind: kind, [values])
      }
    }
  }
}

extension Model {
  /// The graph of this model; `size` overrides the input's height and width.
  public func graph(_ phase: Phase, targets: Set<String> = [], size: ImageSize? = nil) throws -> ModelGraph {
    var input = config.input
    if let size { (input.height, input.width) = (size.height, size.width) }
    if !targets.isEmpty { try requireFloat(to: "trained") }
    let graph = try ModelGraph(
      backbone: backbone, heads: heads.map { ($0.config, $0.instance) }, input: input, phase: phase, targets: targets)
    return try quantization.map(graph.quantized) ?? graph
  }
}
