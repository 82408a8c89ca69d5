/// A value of a graph: an input, a parameter, a state or an operation's output. An index, meaningful in its graph.
public struct Value: Sendable, Hashable {
  public let index: Int
  public init(index: Int) { self.index = index }
}

/// How a parameter starts, and how training treats it.
public struct ParameterSpec: Sendable, Hashable {
  public var name: String
  public var shape: [Int]
  public var initializer: Initializer
  /// 0 for the stem, rising towards the head: for layer-wise rates and for freezing by depth.
  public var depth: Int
  /// Whether weight decay applies (by default to everything but vectors).
  public var decays: Bool

  public init(name: String, shape: [Int], initializer: Initializer, depth: Int = 0, decays: Bool? = nil) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.depth = depth
    self.decays = decays ?? (shape.filter { $0 > 1 }.count > 1)
  }
}

/// How micro-batches' updates of a state become one.
public enum StateMerge: String, Sendable, Hashable, CaseIterable { case sum, mean, last }

/// An untrained buffer that a forward pass may update.
public struct StateSpec: Sendable, Hashable {
  public var name: String
  public var shape: [Int]
  public var initial: Double
  public var merge: StateMerge
  public init(name: String, shape: [Int], initial: Double, merge: StateMerge) {
    self.name = name
    self.shape = shape
    self.initial = initial
    self.merge = merge
  }
}

/// A static graph in single-assignment form, in topological order by construction.
///
/// Parameters and states are named, not held: several graphs share one store of them.
public struct Graph: Sendable {
  public enum Kind: Sendable {
    case input(String)
    case parameter(ParameterSpec)
    case state(StateSpec)
    case operation(any Operation)
  }

  public struct Node: Sendable {
    public var kind: Kind
    public var inputs: [Value]
    public var outputs: [Value]
  }

  /// Where a value comes from.
  public struct Producer: Sendable, Hashable {
    public let node: Int
    public let output: Int
  }

  public private(set) var nodes: [Node] = []
  public private(set) var types: [TensorType] = []
  public private(set) var producers: [Producer] = []
  private var named: [String: Value] = [:]

  public init() {}

  /// Whether an operation makes what comes out for an example depend on the batch's others.
  public var couplesExamples: Bool {
    nodes.contains { if case .operation(let operation) = $0.kind { operation.couplesExamples } else { false } }
  }

  public func contains(_ value: Value) -> Bool { types.indices.contains(value.index) }
  public func type(of value: Value) -> TensorType { types[value.index] }
  public func producer(of value: Value) -> Node { nodes[producers[value.index].node] }

  /// The operation that makes a value; nil for inputs, parameters and states.
  public func operation(of value: Value) -> (any Operation)? {
    if case .operation(let operation) = producer(of: value).kind { operation } else { nil }
  }

  /// Something the host feeds: images, labels, weights of examples.
  public mutating func input(_ name: String, _ type: TensorType) throws(GraphError) -> Value {
    try source("input:" + name, .input(name), type)
  }

  /// A trained array. Asking again for the same name with the same shape gives the same value.
  public mutating func parameter(_ spec: ParameterSpec) throws(GraphError) -> Value {
    if let old = named["parameter:" + spec.name] {
      guard type(of: old).shape == spec.shape else {
        throw .name(
          "parameter '\(spec.name)' was \(describe(type(of: old).shape)) before and is \(describe(spec.shape)) now")
      }
      return old
    }
    guard spec.shape.first != TensorType.batch else {
      throw .shape("parameter '\(spec.name)': a parameter has no batch dimension")
    }
    return try source("parameter:" + spec.name, .parameter(spec), TensorType(.float32, spec.shape))
  }

  /// An untrained buffer.
  public mutating func state(_ spec: StateSpec) throws(GraphError) -> Value {
    if let old = named["state:" + spec.name] { return old }
    return try source("state:" + spec.name, .state(spec), TensorType(.float32, spec.shape))
  }

  private mutating func source(_ key: String, _ kind: Kind, _ type: TensorType) throws(GraphError) -> Value {
    guard named[key] == nil else { throw .name("\(key.replacing(":", with: " ")) is defined twice") }
    let value = append(kind, [], [try type.validated(key)])[0]
    named[key] = value
    return value
  }

  /// Adds an operation; its outputs in order.
  public mutating func apply(_ operation: any Operation, _ inputs: [Value]) throws(GraphError) -> [Value] {
    for (index, value) in inputs.enumerated() where !contains(value) {
      throw .input(operation: operation.name, "input \(index) is no node of this graph (\(value.index))")
    }
    var outputs: [TensorType] = []
    for type in try operation.outputs(inputs.map { type(of: $0) }) {
      outputs.append(try type.validated(operation.name))
    }
    return append(.operation(operation), inputs, outputs)
  }

  /// Adds an operation by its name (`linear@1`, or `linear` for the newest version), as plugins do.
  public mutating func apply(
    named name: String, _ inputs: [Value], _ attributes: Attributes = [:]
  ) throws(GraphError) -> [Value] {
    try apply(OperationCatalogue.make(name, attributes), inputs)
  }

  private mutating func append(_ kind: Kind, _ inputs: [Value], _ outputs: [TensorType]) -> [Value] {
    var values: [Value] = []
    for (position, type) in outputs.enumerated() {
      values.append(Value(index: types.count))
      types.append(type)
      producers.append(Producer(node: nodes.count, output: position))
    }
    nodes.append(Node(kind: kind, inputs: inputs, outputs: values))
    return values
  }

  /// All parameters in the order in which they were defined.
  public var parameters: [(spec: ParameterSpec, value: Value)] {
    nodes.compactMap { node in
      if case .parameter(let spec) = node.kind { (spec, node.outputs[0]) } else { nil }
    }
  }

  /// All states in the order in which they were defined.
  public var states: [(spec: StateSpec, value: Value)] {
    nodes.compactMap { node in
      if case .state(let spec) = node.kind { (spec, node.outputs[0]) } else { nil }
    }
  }

  /// The value of an input by its name.
  public func input(named name: String) -> Value? { named["input:" + name] }
}
