/// A function of two elements.
public enum BinaryFunction: String, Sendable, Hashable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum, greater, equal
}

/// c = f(a, b) with broadcasting: shapes are aligned at the right, a missing dimension or a 1 repeats.
public struct Binary: Operation {
  public let function: BinaryFunction
  public init(_ function: BinaryFunction) { self.function = function }
  public var name: String { function.rawValue + "@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    try expectFloat(inputs)
    guard let shape = broadcast(inputs[0].shape, inputs[1].shape) else {
      throw wrong("\(describe(inputs[0].shape)) and \(describe(inputs[1].shape)) do not broadcast")
    }
    return [TensorType(.float32, shape)]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let (a, b, dy) = (context.inputs[0], context.inputs[1], try context.dy())
    var result: [Value?] = [nil, nil]
    func product(_ context: inout GradientContext, _ x: Value, _ y: Value) throws(GraphError) -> Value {
      try context.apply(Binary(.multiply), [x, y])
    }
    if context.needed[0] {
      let full: Value
      switch function {
      case .add, .subtract: full = dy
      case .multiply: full = try product(&context, dy, b)
      case .divide: full = try context.apply(Binary(.divide), [dy, b])
      case .maximum: full = try product(&context, dy, try context.apply(Binary(.greater), [a, b]))
      case .minimum: full = try product(&context, dy, try context.apply(Binary(.greater), [b, a]))
      case .greater, .equal: return [nil, nil]
      }
      result[0] = try context.reduced(full, to: a)
    }
    if context.needed[1] {
      let full: Value
      switch function {
      case .add: full = dy
      case .subtract: full = try context.apply(Unary(.negate), [dy])
      case .multiply: full = try product(&context, dy, a)
      case .divide:  // d(a/b)/db = -(a/b)/b
        let ratio = try context.apply(Binary(.divide), [context.outputs[0], b])
        full = try context.apply(Unary(.negate), [try product(&context, dy, ratio)])
      // Where both are equal the gradient goes to b, so that it is counted once.
      case .maximum: full = try product(&context, dy, try context.not(try context.apply(Binary(.greater), [a, b])))
      case .minimum: full = try product(&context, dy, try context.not(try context.apply(Binary(.greater), [b, a])))
      case .greater, .equal: return [nil, nil]
      }
      result[1] = try context.reduced(full, to: b)
    }
    return result
  }
}

extension GradientContext {
  /// Sums a gradient over the dimensions in which `value` was broadcast.
  mutating func reduced(_ gradient: Value, to value: Value) throws(GraphError) -> Value {
    let target = type(value).shape
    return type(gradient).shape == target ? gradient : try apply(ReduceTo(shape: target), [gradient])
  }
  /// 1 - x.
  mutating func not(_ x: Value) throws(GraphError) -> Value { try apply(Scale(factor: -1, shift: 1), [x]) }
}

/// y = x·factor + shift.
public struct Scale: Operation {
  public let factor: Double
  public let shift: Double
  public var name: String { "scale@1" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    return [inputs[0]]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(Scale(factor: factor, shift: 0), [try context.dy()])]
  }
}

/// The shape of a broadcast, or nil. The batch symbol meets itself, a 1 or a missing dimension.
func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
  let rank = max(a.count, b.count)
  let left = [Int](repeating: 1, count: rank - a.count) + a
  let right = [Int](repeating: 1, count: rank - b.count) + b
  var result: [Int] = []
  for (x, y) in zip(left, right) {
    guard x == y || x == 1 || y == 1 else { return nil }
    result.append(x == 1 ? y : x)
  }
  return result
}

let arithmeticEntries: [OperationCatalogue.Entry] =
  BinaryFunction.allCases.map { function in
    let meaning =
      function == .greater || function == .equal ? "1 where \(function.rawValue), else 0" : function.rawValue
    return .init(name: function.rawValue + "@1", summary: "a, b -> broadcast shape; \(meaning)") { _ in Binary(function)
    }
  } + [
    .init(name: "scale@1", summary: "x -> the same shape; x·factor + shift") { (reader) throws(GraphError) in
      Scale(factor: try reader.float("factor", default: 1), shift: try reader.float("shift", default: 0))
    }
  ]
