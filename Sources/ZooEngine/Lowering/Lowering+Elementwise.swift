import CZooKernels
import ZooGraph

extension UnaryFunction {
  var kind: Int32 {
    switch self {
    case .relu: Int32(ZOO_RELU)
    case .geluErf: Int32(ZOO_GELU_ERF)
    case .geluTanh: Int32(ZOO_GELU_TANH)
    case .tanh: Int32(ZOO_TANH)
    case .sigmoid: Int32(ZOO_SIGMOID)
    case .exp: Int32(ZOO_EXP)
    case .log: Int32(ZOO_LOG)
    case .sqrt: Int32(ZOO_SQRT)
    case .rsqrt: Int32(ZOO_RSQRT)
    case .negate: Int32(ZOO_NEGATE)
    case .square: Int32(ZOO_SQUARE)
    case .absolute: Int32(ZOO_ABSOLUTE)
    case .cos: Int32(ZOO_COS)
    case .sin: Int32(ZOO_SIN)
    case .acos: Int32(ZOO_ACOS)
    case .softplus: Int32(ZOO_SOFTPLUS)
    }
  }
}

extension BinaryFunction {
  var kind: Int32 {
    switch self {
    case .add: Int32(ZOO_ADD)
    case .subtract: Int32(ZOO_SUBTRACT)
    case .multiply: Int32(ZOO_MULTIPLY)
    case .divide: Int32(ZOO_DIVIDE)
    case .maximum: Int32(ZOO_MAXIMUM)
    case .minimum: Int32(ZOO_MINIMUM)
    case .greater: Int32(ZOO_GREATER)
    case .equal: Int32(ZOO_EQUAL)
    }
  }
}

extension Compiler {
  mutating func unary(_ op: Unary, _ node: Graph.Node) throws(EngineError) {
    let (count, kind) = (count(node.inputs[0]), op.function.kind)
    let (pool, kernels) = (pool, kernels)
    let (x, y) = (elements(node.inputs[0]), elements(node.outputs[0]))
    let block = isNarrow([node.inputs[0], node.outputs[0]]) ? blockFloats : Int.max
    try emitInPlace(
      op.function.rawValue, node, scratch: block == Int.max ? 0 : pool.threads * 2 * blockFloats * 4, mayOverwrite: [0]
    ) { operands in
      let (x, y, scratch) = (x(operands.inputs[0]), y(operands.outputs[0]), Floats(operands.scratch))
      return {
        pool.split(count, minimum: elementwiseGrain) { range, thread in
          let room = scratch + thread * 2 * blockFloats
          eachBlock(range, of: block) { start, count in
            let to = y.place(start, room: room + blockFloats)
            kernels.unary(kind, x.read(start, count, room: room), to, Int64(count))
            y.put(start, count, room: to)
          }
        }
        return true
      }
    }
  }

  mutating func unaryGradient(_ op: UnaryGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, kind) = (count(node.inputs[0]), op.function.kind)
    let (pool, kernels) = (pool, kernels)
    let (x, dy, dx) = (elements(node.inputs[0]), elements(node.inputs[1]), elements(node.outputs[0]))
    let block = isNarrow([node.inputs[0], node.inputs[1], node.outputs[0]]) ? blockFloats : Int.max
    try emitInPlace(
      op.name, node, scratch: block == Int.max ? 0 : pool.threads * 3 * blockFloats * 4, mayOverwrite: [1]
    ) { operands in
      let (x, dy, dx) = (x(operands.inputs[0]), dy(operands.inputs[1]), dx(operands.outputs[0]))
      let scratch = Floats(operands.scratch)
      return {
        pool.split(count, minimum: elementwiseGrain) { range, thread in
          let room = scratch + thread * 3 * blockFloats
          eachBlock(range, of: block) { start, count in
            let to = dx.place(start, room: room + 2 * blockFloats)
            let (from, gradient) = (
              x.read(start, count, room: room), dy.read(start, count, room: room + blockFloats)
            )
            kernels.unary_gradient(kind, from, gradient, to, Int64(count))
            dx.put(start, count, room: to)
          }
        }
        return true
      }
    }
  }

  mutating func scale(_ op: Scale, _ node: Graph.Node) throws(EngineError) {
    let count = count(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("scale", node, mayOverwrite: [0]) { operands in
      let (x, y) = (operands.input(0), operands.output(0))
      return {
        pool.split(count, minimum: elementwiseGrain) { range, _ in
          let start = range.lowerBound
          kernels.scale(x + start, Float(op.factor), Float(op.shift), y + start, Int64(range.count))
        }
        return true
      }
    }
  }

  /// Equal shapes, the second repeated over leading dimensions, or any broadcast.
  mutating func binary(_ op: Binary, _ node: Graph.Node) throws(EngineError) {
    let (a, b, c) = (shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0]))
    let (kind, total, inner) = (op.function.kind, c.reduce(1, *), b.reduce(1, *))
    let (pool, kernels) = (pool, kernels)
    // Without its leading ones, b is a's last dimensions: every row of a meets the whole of b.
    let core = Array(b.drop { $0 == 1 })
    let rowwise = a == c && Array(c.suffix(core.count)) == core
    if a == c, b == c {
      try emit(op.function.rawValue, node, mayOverwrite: [0, 1]) { operands in
        let (x, y, z) = (operands.input(0), operands.input(1), operands.output(0))
        return {
          pool.split(total, minimum: elementwiseGrain) { range, _ in
            let start = range.lowerBound
            kernels.binary(kind, x + start, y + start, z + start, Int64(range.count))
          }
          return true
        }
      }
    } else if rowwise {
      try emit(op.function.rawValue, node, mayOverwrite: [0]) { operands in
        let (x, y, z) = (operands.input(0), operands.input(1), operands.output(0))
        return {
          pool.split(total / inner, minimum: max(1, elementwiseGrain / inner)) { rows, _ in
            let start = rows.lowerBound * inner
            kernels.binary_row(kind, x + start, y, z + start, Int64(rows.count), Int64(inner))
          }
          return true
        }
      }
    } else {
      let (dims, left, right) = (c.map(Int64.init), strides(a, over: c), strides(b, over: c))
      guard c.count <= 8 else { throw .plan(operation: op.name, "more than 8 dimensions") }
      try emit(op.function.rawValue, node) { operands in
        let (x, y, z) = (operands.input(0), operands.input(1), operands.output(0))
        let outer = total / max(c.first ?? 1, 1)
        return {
          pool.split(c.first ?? 1, minimum: max(1, elementwiseGrain / outer)) { range, _ in
            let (start, part) = (range.lowerBound, [Int64(range.count)] + dims.dropFirst())
            kernels.binary_strided(
              kind, x + start * Int(left.first ?? 0), left, y + start * Int(right.first ?? 0), right, part,
              Int32(c.count), z + start * outer)
          }
          return true
        }
      }
    }
  }

  /// Row-major strides of `shape` aligned at the right of `full`, 0 where it repeats.
  func strides(_ shape: [Int], over full: [Int]) -> [Int64] {
    var result = [Int64](repeating: 0, count: full.count)
    var step = 1
    for (back, dimension) in shape.reversed().enumerated() {
      let axis = full.count - 1 - back
      result[axis] = dimension == 1 && full[axis] != 1 ? 0 : Int64(step)
      step *= dimension
    }
    return result
  }
}
