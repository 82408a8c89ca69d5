/// A function of one element.
public enum UnaryFunction: String, Sendable, Hashable, CaseIterable {
  case relu, geluErf = "gelu", geluTanh = "gelu-tanh", tanh, sigmoid, exp, log, sqrt, rsqrt
  case negate, square, absolute, cos, sin, acos, softplus

  var meaning: String {
    switch self {
    case .relu: "max(x, 0)"
    case .geluErf: "x·Φ(x), exact; approximate = tanh for 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))"
    case .geluTanh: "the approximation of gelu"
    case .softplus: "log(1 + exp(x))"
    case .rsqrt: "1/√x"
    case .negate: "-x"
    case .absolute: "|x|"
    case .square: "x²"
    default: "\(rawValue)(x)"
    }
  }
}

/// y = f(x), element by element.
public struct Unary: Operation {
  public let function: UnaryFunction
  public init(_ function: UnaryFunction) { self.function = function }
  public var name: String { function == .geluTanh ? "gelu@1" : function.rawValue + "@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 1)
    try expectFloat(inputs)
    return [inputs[0]]
  }
  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    [try context.apply(UnaryGradient(function: function), [context.inputs[0], try context.dy()])]
  }
}

/// dx = dy·f'(x).
public struct UnaryGradient: Operation {
  public let function: UnaryFunction
  public var name: String { function.rawValue + "-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] { [inputs[0]] }
}

let activationEntries: [OperationCatalogue.Entry] = UnaryFunction.allCases.filter { $0 != .geluTanh }.map { function in
  .init(name: function.rawValue + "@1", summary: "x -> the same shape; \(function.meaning)") {
    (reader) throws(GraphError) in
    if function == .geluErf {
      let form = try reader.string("approximate", default: "none", among: ["none", "tanh"])
      return Unary(form == "tanh" ? .geluTanh : .geluErf)
    }
    return Unary(function)
  }
}
