/// A function that an engine may apply to a product's result before storing it.
public enum Epilogue: Sendable, Hashable { case none, relu, gelu(tanh: Bool) }

/// y = x·wᵀ (+ bias) (+ residual), then the epilogue, over the last dimension: x [..., in], w [out, in], bias [out].
///
/// Residual and epilogue appear only through rewriting: y = epilogue(add(linear(x, w, bias), residual)).
public struct Linear: Operation {
  public var bias: Bool
  public var residual = false
  public var epilogue = Epilogue.none
  public init(bias: Bool) { self.bias = bias }
  public var name: String { "linear@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2 + (bias ? 1 : 0) + (residual ? 1 : 0))
    try expectFloat(inputs)
    let (x, w) = (inputs[0], inputs[1])
    guard x.rank >= 2, w.rank == 2, !w.isBatched, x.width == w.shape[1] else {
      throw wrong("x \(describe(x.shape)) does not fit weights \(describe(w.shape)) ([out, in])")
    }
    if bias, inputs[2].shape != [w.shape[0]] {
      throw wrong("bias is \(describe(inputs[2].shape)), it must be [\(w.shape[0])]")
    }
    return [TensorType(.float32, x.shape.dropLast() + [w.shape[0]])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let (x, w, dy) = (context.inputs[0], context.inputs[1], try context.dy())
    var result: [Value?] = [nil, nil]
    if context.needed[0] { result[0] = try context.apply(LinearInputGradient(), [dy, w]) }
    if context.needed[1] { result[1] = try context.apply(LinearWeightGradient(), [dy, x]) }
    if bias { result.append(context.needed[2] ? try context.apply(ColumnSum(), [dy]) : nil) }
    return result
  }
}

/// dx = dy·w of `Linear`.
public struct LinearInputGradient: Operation {
  public init() {}
  public var name: String { "linear-input-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(.float32, inputs[0].shape.dropLast() + [inputs[1].shape[1]])]
  }
}

/// dw = dyᵀ·x of `Linear`, summed over all rows.
public struct LinearWeightGradient: Operation {
  public init() {}
  public var name: String { "linear-weight-gradient" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(.float32, [inputs[0].width, inputs[1].width])]
  }
}

/// The sum over all but the last dimension: [..., n] -> [n]. A bias's gradient.
public struct ColumnSum: Operation {
  public init() {}
  public var name: String { "column-sum" }
  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    [TensorType(.float32, [inputs[0].width])]
  }
}

/// Batched matrix product: a [..., m, k], b [..., k, n] -> [..., m, n], either operand read transposed.
public struct MatrixProduct: Operation {
  public var transposeA: Bool
  public var transposeB: Bool
  public init(transposeA: Bool = false, transposeB: Bool = false) {
    self.transposeA = transposeA
    self.transposeB = transposeB
  }
  public var name: String { "matmul@1" }

  public func outputs(_ inputs: [TensorType]) throws(GraphError) -> [TensorType] {
    try expect(inputs, count: 2)
    try expectFloat(inputs)
    let (a, b) = (inputs[0].shape, inputs[1].shape)
    guard a.count >= 2, a.count == b.count, a.dropLast(2) == b.dropLast(2),
      !(a.count == 2 && (inputs[0].isBatched || inputs[1].isBatched))
    else {
      throw wrong(
        "\(describe(a)) and \(describe(b)) need equal leading dimensions; with a matrix of weights use linear")
    }
    let (m, k) = transposeA ? (a[a.count - 1], a[a.count - 2]) : (a[a.count - 2], a[a.count - 1])
    let (k2, n) = transposeB ? (b[b.count - 1], b[b.count - 2]) : (b[b.count - 2], b[b.count - 1])
    guard k == k2 else { throw wrong("\(describe(a)) and \(describe(b)): inner dimensions \(k) and \(k2) differ") }
    return [TensorType(.float32, a.dropLast(2) + [m, n])]
  }

  public func gradient(_ context: inout GradientContext) throws(GraphError) -> [Value?] {
    let (a, b, dy) = (context.inputs[0], context.inputs[1], try context.dy())
    var result: [Value?] = [nil, nil]
    if context.needed[0] {
      result[0] =
        transposeA
        ? try context.apply(MatrixProduct(transposeA: transposeB, transposeB: true), [b, dy])
        : try context.apply(MatrixProduct(transposeA: false, transposeB: !transposeB), [dy, b])
    }
    if context.needed[1] {
      result[1] =
        transposeB
        ? try context.apply(MatrixProduct(transposeA: true, transposeB: transposeA), [dy, a])
        : try context.apply(MatrixProduct(transposeA: !transposeA, transposeB: false), [a, dy])
    }
    return result
  }
}

let linearEntries: [OperationCatalogue.Entry] = [
  .init(
    name: "linear@1", summary: "x [..., in], w [out, in], bias [out] (by attribute bias = 1) -> [..., out]; x·wᵀ + bias"
  ) { (reader) throws(GraphError) in Linear(bias: try reader.int("bias", default: 0, in: 0...1) == 1) },
  .init(name: "matmul@1", summary: "a [..., m, k], b [..., k, n] -> [..., m, n]; transpose_a, transpose_b = 0 or 1") {
    (reader) throws(GraphError) in
    MatrixProduct(
      transposeA: try reader.int("transpose_a", default: 0, in: 0...1) == 1,
      transposeB: try reader.int("transpose_b", default: 0, in: 0...1) == 1)
  },
]
