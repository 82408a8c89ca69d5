// Arithmetic with broadcasting (shapes aligned at the right; 1 or a missing dimension repeats), element by
// element.

extension Tensor {
  public static func + (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.op("add@1", a, b) }
  public static func - (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.op("subtract@1", a, b) }
  public static func * (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.op("multiply@1", a, b) }
  public static func / (a: Tensor, b: Tensor) throws -> Tensor { try a.graph.op("divide@1", a, b) }

  public static func + (a: Tensor, b: Double) throws -> Tensor { try a.scaled(by: 1, plus: b) }
  public static func - (a: Tensor, b: Double) throws -> Tensor { try a.scaled(by: 1, plus: -b) }
  public static func * (a: Tensor, b: Double) throws -> Tensor { try a.scaled(by: b) }
  public static func / (a: Tensor, b: Double) throws -> Tensor { try a.scaled(by: 1 / b) }
  public static func + (a: Double, b: Tensor) throws -> Tensor { try b.scaled(by: 1, plus: a) }
  public static func - (a: Double, b: Tensor) throws -> Tensor { try b.scaled(by: -1, plus: a) }
  public static func * (a: Double, b: Tensor) throws -> Tensor { try b.scaled(by: a) }
  public static prefix func - (a: Tensor) throws -> Tensor { try a.graph.op("negate@1", a) }

  /// x·factor + shift.
  public func scaled(by factor: Double, plus shift: Double = 0) throws -> Tensor {
    try graph.op("scale@1", self, attributes: ["factor": .float(factor), "shift": .float(shift)])
  }

  public func relu() throws -> Tensor { try graph.op("relu@1", self) }
  /// x·Φ(x), or its approximation by tanh.
  public func gelu(tanh: Bool = false) throws -> Tensor {
    try graph.op("gelu@1", self, attributes: ["approximate": .string(tanh ? "tanh" : "none")])
  }
  public func tanh() throws -> Tensor { try graph.op("tanh@1", self) }
  public func sigmoid() throws -> Tensor { try graph.op("sigmoid@1", self) }
  /// log(1 + exp(x)).
  public func softplus() throws -> Tensor { try graph.op("softplus@1", self) }
  public func exp() throws -> Tensor { try graph.op("exp@1", self) }
  public func log() throws -> Tensor { try graph.op("log@1", self) }
  public func sqrt() throws -> Tensor { try graph.op("sqrt@1", self) }
  /// 1/√x.
  public func rsqrt() throws -> Tensor { try graph.op("rsqrt@1", self) }
  public func square() throws -> Tensor { try graph.op("square@1", self) }
  public func absolute() throws -> Tensor { try graph.op("absolute@1", self) }
  public func cos() throws -> Tensor { try graph.op("cos@1", self) }
  public func sin() throws -> Tensor { try graph.op("sin@1", self) }
  public func acos() throws -> Tensor { try graph.op("acos@1", self) }
  /// Over the last dimension.
  public func softmax() throws -> Tensor { try graph.op("softmax@1", self) }
  /// Over the last dimension.
  public func logSoftmax() throws -> Tensor { try graph.op("log-softmax@1", self) }

  /// Rows of the last dimension divided by their length, √(Σx² + epsilon).
  public func normalised(epsilon: Double = 1e-12) throws -> Tensor {
    try self * (square().sum([rank - 1], keep: true) + epsilon).rsqrt()
  }
}
