import ZooEngine
import ZooGraph
import ZooHost
import ZooTrain

/// The made-up surroundings of a component.
struct Surroundings: CustomStringConvertible {
  var classes = 3
  var width = 16
  /// Which of the shapes that an activation may have: rows, tokens, maps.
  var style = 0
  var description: String { "\(classes) classes, width \(width)" }
}

/// A component with options, of which trials are made.
struct Subject {
  let component: Component
  let options: String
  var title: String { "\(component.kind.rawValue) '\(component.name)'" }
  static let vectorWidth = 3

  func instance() throws -> ComponentInstance { try component.instantiate(options: options) }

  /// Builds on made-up activations or images.
  /// - Parameter store: values to share; nil for first values drawn by the initialisers.
  func trial(
    _ surroundings: Surroundings, phase: Phase = .train, instance given: ComponentInstance? = nil,
    store: ParameterStore? = nil
  ) throws -> (trial: Trial, task: TrialTask) {
    let instance = try given ?? instance()
    let made =
      component.kind == .head
      ? try head(instance, surroundings, phase, store) : try backbone(instance, phase, store)
    if store == nil { try made.store.initialize(seed: 1) }
    return (made, TrialTask(feeds: made.feeds, classes: surroundings.classes, seed: 5))
  }

  private func head(
    _ instance: ComponentInstance, _ surroundings: Surroundings, _ phase: Phase, _ store: ParameterStore?
  ) throws -> Trial {
    let declaration = try instance.headDeclaration()
    var graph = Graph()
    var feeds: [Trial.Feed] = []
    func input(_ name: String, _ type: TensorType) throws -> Value {
      feeds.append(Trial.Feed(name: name, type: type))
      return try graph.input(name, type)
    }
    var activations: [(name: String, value: Value)] = []
    for name in declaration.inputs {
      let shape = [TensorType.batch] + positions(of: name, surroundings.style) + [surroundings.width]
      activations.append((name, try input(name, TensorType(.float32, shape))))
    }
    let rows = [TensorType.batch]
    var target: TargetValues?
    if phase != .predict {
      switch declaration.target {
      case "class":
        target = .classes(
          first: try input("target.first", TensorType(.int32, rows)),
          second: try input("target.second", TensorType(.int32, rows)),
          mix: try input("target.mix", TensorType(.float32, rows)))
      case "multi-label":
        target = .multiLabel(try input("target.labels", TensorType(.float32, rows + [surroundings.classes])))
      case "vector": target = .vector(try input("target.values", TensorType(.float32, rows + [Self.vectorWidth])))
      default:
        target = .own(
          kind: declaration.target, [try input("target.values", TensorType(.float32, rows + [Self.vectorWidth]))])
      }
    }
    let counts = ["class", "multi-label"].contains(declaration.target)
    let build = try instance.buildHead(
      named: "trial", into: &graph, activations: activations, classes: counts ? surroundings.classes : 0,
      target: target, phase: phase, depth: 1, targetWidth: counts ? 0 : Self.vectorWidth)
    return try Trial(
      graph, feeds: feeds, outputs: build.outputs, losses: build.losses.map { ($0.value, $0.weight) },
      updates: build.updates, watched: phase == .train ? activations : [], store: store)
  }

  /// Positions of an activation, before its width.
  private func positions(of name: String, _ style: Int) -> [Int] {
    let (rows, tokens, map) = ([Int](), [5], [4, 4])
    let likely =
      if name == "pooled" { [rows] } else if name.hasPrefix("token") { [tokens] } else if name == "map" { [map] } else {
        [tokens, map, rows]
      }
    return likely[min(style, likely.count - 1)]
  }

  /// The first shapes of activations that the head accepts.
  func fitting(_ surroundings: Surroundings) throws -> Surroundings {
    guard component.kind == .head else { return surroundings }
    var first: (any Error)?
    for style in 0..<3 {
      var result = surroundings
      result.style = style
      do {
        _ = try trial(result, phase: .predict)
        return result
      } catch { first = first ?? error }
    }
    throw first ?? Broken("it does not build")
  }

  private func backbone(_ instance: ComponentInstance, _ phase: Phase, _ store: ParameterStore?) throws -> Trial {
    let image = try instance.backboneDeclaration().image
    var graph = Graph()
    let type = TensorType(.float32, [TensorType.batch, image.height, image.width, image.channels])
    let input = try graph.input("image", type)
    let build = try instance.buildBackbone(into: &graph, image: input, phase: phase)
    // A loss that depends on every activation: the mean of their squares.
    var losses: [(value: Value, weight: Double)] = []
    if phase != .predict {
      for activation in build.activations {
        let rank = graph.type(of: activation.value).rank
        guard rank > 1 else { continue }
        let square = try graph.apply(named: "square@1", [activation.value])[0]
        losses.append((try graph.apply(named: "mean@1", [square], ["axes": .ints(Array(1..<rank))])[0], 1))
      }
    }
    return try Trial(
      graph, feeds: [Trial.Feed(name: "image", type: type)], outputs: build.activations, losses: losses,
      updates: build.updates, watched: [], store: store)
  }
}
