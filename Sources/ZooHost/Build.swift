import ZooGraph

/// What a graph is built for. Predicting has no target.
public enum Phase: UInt32, Sendable { case train, evaluate, predict }

/// What a head learns from, as values of the graph.
public enum TargetValues: Sendable {
  /// int32 [batch] twice and float32 [batch]: mix·first + (1 - mix)·second.
  case classes(first: Value, second: Value, mix: Value)
  /// float32 [batch, classes].
  case multiLabel(Value)
  /// float32 [batch, n].
  case vector(Value)
  /// Of a kind that the head named itself, and knows the meaning of.
  case own(kind: String, [Value])

  var kind: String {
    switch self {
    case .classes: "class"
    case .multiLabel: "multi-label"
    case .vector: "vector"
    case .own(let kind, _): kind
    }
  }
  var values: [Value] {
    switch self {
    case .classes(let first, let second, let mix): [first, second, mix]
    case .multiLabel(let value), .vector(let value): [value]
    case .own(_, let values): values
    }
  }
}

/// What a state becomes after a pass.
public struct StateUpdate: Sendable {
  /// As in the graph: a head's states have its prefix.
  public let name: String
  public let state: Value
  public let value: Value
}

/// What a backbone added to a graph.
public struct BackboneBuild: Sendable {
  /// In the order in which they were published.
  public let activations: [(name: String, value: Value)]
  public let updates: [StateUpdate]
}

/// A loss of each example, float32 [batch].
public struct Loss: Sendable {
  /// Empty for the main one.
  public let name: String
  public let value: Value
  public let weight: Double
}

/// What a head added to a graph.
public struct HeadBuild: Sendable {
  /// In the order of the declaration.
  public let outputs: [(name: String, value: Value)]
  /// The main loss first; none where there is no target.
  public let losses: [Loss]
  public let updates: [StateUpdate]

  public init(outputs: [(name: String, value: Value)], losses: [Loss] = [], updates: [StateUpdate] = []) {
    (self.outputs, self.losses, self.updates) = (outputs, losses, updates)
  }
}
