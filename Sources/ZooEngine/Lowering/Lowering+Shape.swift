import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func transpose(_ op: Transpose, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let steps = strides(x, over: x)
    try stridedCopy("transpose", node, steps: op.order.map { $0 < steps.count ? steps[$0] : 0 })
  }

  mutating func broadcast(_ node: Graph.Node) throws(EngineError) {
    try stridedCopy("broadcast", node, steps: strides(shape(node.inputs[0]), over: shape(node.outputs[0])))
  }

  private mutating func stridedCopy(_ name: String, _ node: Graph.Node, steps: [Int64]) throws(EngineError) {
    let y = shape(node.outputs[0])
    guard y.count <= 8 else { throw .plan(operation: name, "more than 8 dimensions") }
    let (dims, outer) = (y.map(Int64.init), y.dropFirst().reduce(1, *))
    let (pool, kernels) = (pool, kernels)
    try emit(name, node) { operands in
      let (from, to) = (operands.input(0), operands.output(0))
      return {
        pool.split(y.first ?? 1, minimum: max(1, elementwiseGrain / outer)) { range, _ in
          let (start, part) = (range.lowerBound, [Int64(range.count)] + dims.dropFirst())
          kernels.copy_strided(from + start * Int(steps.first ?? 0), part, steps, Int32(y.count), to + start * outer)
        }
        return true
      }
    }
  }

  mutating func slice(_ op: Slice, _ node: Graph.Node) throws(EngineError) {
    let piece = AxisPiece(shape(node.inputs[0]), axis: op.axis, range: op.range)
    try emit("slice", node) { operands in
      let (from, to) = (operands.input(0), operands.output(0))
      return {
        piece.each { whole, part, count in memcpy(to + part, from + whole, count * 4) }; return true
      }
    }
  }

  mutating func sliceGradient(_ op: SliceGradient, _ node: Graph.Node) throws(EngineError) {
    let full = shape(node.outputs[0])
    let (piece, bytes) = (AxisPiece(full, axis: op.slice.axis, range: op.slice.range), full.reduce(4, *))
    try emit("slice-gradient", node) { operands in
      let (from, to) = (operands.input(0), operands.output(0))
      return {
        memset(to, 0, bytes)
        piece.each { whole, part, count in memcpy(to + whole, from + part, count * 4) }
        return true
      }
    }
  }

  mutating func concatenate(_ op: Concatenate, _ node: Graph.Node) throws(EngineError) {
    let full = shape(node.outputs[0])
    var (pieces, start) = ([AxisPiece](), 0)
    for input in node.inputs {
      let size = shape(input)[op.axis]
      pieces.append(AxisPiece(full, axis: op.axis, range: start..<(start + size)))
      start += size
    }
    let parts = pieces
    try emit("concat", node) { operands in
      let to = operands.output(0)
      return {
        for (position, piece) in parts.enumerated() {
          let from = operands.input(position)
          piece.each { whole, part, count in memcpy(to + whole, from + part, count * 4) }
        }
        return true
      }
    }
  }

  mutating func fill(_ op: Fill, _ node: Graph.Node) throws(EngineError) {
    let count = count(node.outputs[0])
    try emit("fill", node) { operands in
      let y = operands.output(0)
      return {
        y.update(repeating: Float(op.value), count: count); return true
      }
    }
  }
}

/// A range along one axis of a tensor, as runs of neighbouring elements.
private struct AxisPiece {
  let outer: Int, fullRun: Int, partRun: Int, start: Int

  init(_ shape: [Int], axis: Int, range: Range<Int>) {
    let inner = shape[(axis + 1)...].reduce(1, *)
    outer = shape[..<axis].reduce(1, *)
    (fullRun, partRun, start) = (shape[axis] * inner, range.count * inner, range.lowerBound * inner)
  }

  /// Calls with the position in the whole, the position in the part, and the length of each run.
  func each(_ body: (_ whole: Int, _ part: Int, _ count: Int) -> Void) {
    for item in 0..<outer { body(item * fullRun + start, item * partRun, partRun) }
  }
}
