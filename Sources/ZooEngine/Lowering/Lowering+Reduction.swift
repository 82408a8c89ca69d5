import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func reduce(_ op: Reduce, _ node: Graph.Node) throws(EngineError) {
    try reduction(
      op.name, node, axes: op.axes.sorted(), maximum: op.function == .max,
      factor: op.function == .mean ? 1 / Float(op.axes.reduce(1) { $0 * shape(node.inputs[0])[$1] }) : 1)
  }

  mutating func reduceTo(_ node: Graph.Node) throws(EngineError) {
    let (from, to) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let missing = from.count - to.count
    let axes = from.indices.filter { $0 < missing || (to[$0 - missing] == 1 && from[$0] != 1) }
    try reduction("reduce-to", node, axes: axes, maximum: false, factor: 1)
  }

  /// Reduces over `axes`. Neighbouring axes are one: [outer, middle, inner] with the middle reduced; scattered ones are
  /// gathered at the end first.
  private mutating func reduction(
    _ name: String, _ node: Graph.Node, axes: [Int], maximum: Bool, factor: Float
  ) throws(EngineError) {
    let x = shape(node.inputs[0])
    guard let first = axes.first, let last = axes.last, x.count <= 8 else {
      return alias(node.outputs[0], to: try slot(of: node.inputs[0]))
    }
    // Dimensions of 1 between the axes change nothing.
    let contiguous = (first...last).allSatisfy { axes.contains($0) || x[$0] == 1 }
    let (pool, kernels) = (pool, kernels)
    let total = x.reduce(1, *)
    if !contiguous {
      let order = x.indices.filter { !axes.contains($0) } + axes
      let strides = strides(x, over: x)
      let (dims, steps) = (order.map { Int64(x[$0]) }, order.map { strides[$0] })
      let width = axes.reduce(1) { $0 * x[$1] }
      try emit(name, node, scratch: total * 4) { operands in
        let (from, to, moved) = (operands.input(0), operands.output(0), Floats(operands.scratch))
        return {
          kernels.copy_strided(from, dims, steps, Int32(dims.count), moved)
          let kind = Int32(maximum ? ZOO_MAXIMUM : ZOO_ADD)
          kernels.row_reduce(kind, moved, Int64(total / width), Int64(width), to)
          if factor != 1 { kernels.scale(to, factor, 0, to, Int64(total / width)) }
          return true
        }
      }
      return
    }
    let outer = x[..<first].reduce(1, *)
    let middle = x[first...last].reduce(1, *)
    let inner = x[(last + 1)...].reduce(1, *)
    try emit(name, node, scratch: pool.threads * inner * 4) { operands in
      let (from, to, scratch) = (operands.input(0), operands.output(0), Floats(operands.scratch))
      return {
        if inner == 1 {
          pool.split(outer, minimum: max(1, elementwiseGrain / middle)) { rows, _ in
            let start = rows.lowerBound
            let kind = Int32(maximum ? ZOO_MAXIMUM : ZOO_ADD)
            kernels.row_reduce(kind, from + start * middle, Int64(rows.count), Int64(middle), to + start)
          }
        } else if outer == 1, !maximum, middle >= 64 {
          pool.columnSums(
            Elements(memory: Memory(from), storage: .float32, kernels: kernels), rows: middle, width: inner, into: to, scratch, kernels)
        } else if outer == 1 {  // few long rows: each thread its columns
          pool.split(inner, minimum: elementwiseGrain) { columns, _ in
            let (start, n) = (columns.lowerBound, Int64(columns.count))
            memcpy(to + start, from + start, columns.count * 4)
            for row in 1..<max(middle, 1) {
              let line = from + row * inner + start
              maximum
                ? kernels.binary(Int32(ZOO_MAXIMUM), to + start, line, to + start, n)
                : kernels.accumulate(line, 1, to + start, n)
            }
          }
        } else {
          pool.split(outer) { range, _ in
            for item in range {
              let (x, y) = (from + item * middle * inner, to + item * inner)
              if maximum {
                memcpy(y, x, inner * 4)
                for row in 1..<max(middle, 1) {
                  kernels.binary(Int32(ZOO_MAXIMUM), y, x + row * inner, y, Int64(inner))
                }
              } else {
                memset(y, 0, inner * 4)
                kernels.column_sums(x, 0, Int64(middle), Int64(inner), y)
              }
            }
          }
        }
        if factor != 1 { kernels.scale(to, factor, 0, to, Int64(outer * inner)) }
        return true
      }
    }
  }
}
