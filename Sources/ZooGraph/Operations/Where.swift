/// a where the condition is not 0, else b, with broadcasting: condition, a, b -> their broadcast shape. What is not
/// chosen reaches neither the value nor the gradient, not even when it is no number.
public struct Where: Operation {
  public init() {}
  public var name: String { "where@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 3)
    try expectFloat(inputs)
    let shapes = inputs.map(\.shape)
    guard let choices = broadcast(shapes[1], shapes[2]), let shape = broadcast(shapes[0], choices) else {
      throw wrong("\(shapes.map(describe).joined(separator: ", ")) do not broadcast")
    }
    return [TensorType(.float32, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let (condition, dy) = (context.inputs[0], try context.dy())
    let zero = try context.graph.apply(Fill(shape: [1], value: 0), [])[0]
    var result: [Value?] = [nil, nil, nil]
    for (index, choices) in [(1, [condition, dy, zero]), (2, [condition, zero, dy])] where context.needed[index] {
      result[index] = try context.reduced(try context.apply(Where(), choices), to: context.inputs[index])
    }
    return result
  }
}

/// The value itself, for which no gradient flows back.
public struct StopGradient: Operation {
  public var name: String { "stop-gradient@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    return [inputs[0]]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] { [nil] }
}

let whereEntries: [OperationCatalogue.Entry] = [
  .init(name: "where@1", summary: "condition, a, b -> broadcast shape; a where the condition is not 0, else b") { _ in
    Where()
  },
  .init(name: "stop-gradient@1", summary: "x -> x; no gradient flows back") { _ in StopGradient() },
]
