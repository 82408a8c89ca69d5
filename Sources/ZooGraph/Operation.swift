/// One operation of the graph: its shape rule and its gradient rule. Kernels live in the engine.
///
/// Operations are values: two with equal fields compute the same thing.
public protocol Operation: Sendable, Hashable {
  /// Versioned name, such as `linear@1`. What a version computes never changes.
  var name: String { get }

  /// Whether what comes out for an example depends on the batch's others.
  var couplesExamples: Bool { get }

  /// The types of the outputs, or why the inputs do not fit.
  func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType]

  /// The gradient of each input, built as further nodes; nil where none is needed or none flows.
  func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?]
}

extension Operation {
  public var couplesExamples: Bool { false }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    throw .noGradient(operation: name)
  }

  func expect(_ inputs: [TensorType], count: Int) throws(GraphError) {
    guard inputs.count == count else { throw wrong("takes \(count) inputs, got \(inputs.count)") }
  }

  func expectFloat(_ inputs: [TensorType]) throws(GraphError) {
    for (index, input) in inputs.enumerated() where input.element != .float32 {
      throw wrong("input \(index) must be float32, not \(input.element.rawValue)")
    }
  }

  func wrong(_ text: String) -> GraphError { .input(operation: name, text) }
}

/// What an operation's gradient rule works with.
public struct GradientContext {
  public var graph: Graph
  public let inputs: [Value]
  public let outputs: [Value]
  /// Gradients of the outputs; at least one is not nil.
  public let outputGradients: [Value?]
  /// Whether anything needs the gradient of each input.
  public let needed: [Bool]

  /// Applies an operation with one output.
  mutating func apply(_ operation: any Operation, _ inputs: [Value]) throws(GraphError) -> Value {
    try graph.apply(operation, inputs)[0]
  }
  func type(_ value: Value) -> TensorType { graph.type(of: value) }
  /// The gradient of the first output, the only one of most operations.
  func dy() throws(GraphError) -> Value {
    guard let first = outputGradients[0] else { throw .name("internal: a gradient was asked for with none given") }
    return first
  }
}
