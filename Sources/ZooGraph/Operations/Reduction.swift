public enum ReductionFunction: String, Sendable, Hashable, CaseIterable { case sum, mean, max }

/// Reduces over axes, which are kept as 1 or dropped. The batch dimension cannot be reduced: examples stay apart.
public struct Reduce: Operation {
  public let function: ReductionFunction
  public let axes: [Int]
  public let keep: Bool
  public var name: String { "\(function.rawValue)@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    let x = inputs[0]
    guard !axes.isEmpty, Set(axes).count == axes.count, axes.allSatisfy(x.shape.indices.contains) else {
      throw wrong("axes \(axes) do not fit \(describe(x.shape))")
    }
    if x.isBatched, axes.contains(0) { throw wrong("the batch dimension cannot be reduced; examples stay apart") }
    return [
      TensorType(.float32, kept(x.shape).enumerated().filter { keep || !axes.contains($0.offset) }.map(\.element))
    ]
  }

  /// The shape with each reduced axis 1.
  public func kept(_ shape: [Int]) -> [Int] { shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element } }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let shape = context.type(context.inputs[0]).shape
    var dy = try context.apply(Reshape(shape: kept(shape)), [try context.dy()])
    switch function {
    case .sum: return [try context.apply(Broadcast(shape: shape), [dy])]
    case .mean:
      let count = axes.reduce(1) { $0 * shape[$1] }
      dy = try context.apply(Scale(factor: 1 / Double(count), shift: 0), [dy])
      return [try context.apply(Broadcast(shape: shape), [dy])]
    case .max:  // shared by equal maxima
      let y = try context.apply(Reshape(shape: kept(shape)), [context.outputs[0]])
      let chosen = try context.apply(Binary(.equal), [context.inputs[0], y])
      let ties = try context.apply(Reduce(function: .sum, axes: axes, keep: true), [chosen])
      let share = try context.apply(Binary(.divide), [dy, ties])
      return [try context.apply(Binary(.multiply), [chosen, share])]
    }
  }
}

/// The adjoint of broadcasting: sums over the dimensions that `shape` lacks or has as 1 (the batch too, for parameters).
public struct ReduceTo: Operation {
  public let shape: [Int]
  public var name: String { "reduce-to" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [TensorType(.float32, shape)] }
}

let reductionEntries: [OperationCatalogue.Entry] = ReductionFunction.allCases.map { function in
  .init(name: "\(function.rawValue)@1", summary: "x -> reduced over axes (never the batch); keep = 1 keeps them as 1") {
    (reader) throws(GraphError) in
    Reduce(function: function, axes: try reader.ints("axes"), keep: try reader.int("keep", default: 0, in: 0...1) == 1)
  }
}
