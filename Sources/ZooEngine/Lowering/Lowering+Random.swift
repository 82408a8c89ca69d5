import CZooKernels
import ZooGraph

extension Compiler {
  mutating func dropout(_ op: Dropout, _ node: Graph.Node) throws(EngineError) {
    let rows = shape(node.inputs[0]).first ?? 1
    let width = count(node.inputs[0]) / max(rows, 1)
    let (pool, kernels) = (pool, kernels)
    let (number, threshold, factor) = (UInt32(truncatingIfNeeded: op.node), op.threshold, Float(1 / (1 - op.rate)))
    try emit("dropout", node, mayOverwrite: [0]) { operands in
      let (x, y) = (operands.input(0), operands.output(0))
      let keys = UnsafeMutableRawPointer(operands.labels(1)).assumingMemoryBound(to: UInt32.self)
      return {
        pool.split(rows, minimum: max(1, elementwiseGrain / max(width, 1))) { part, _ in
          let at = part.lowerBound
          kernels.dropout(
            x + at * width, keys + 2 * at, number, threshold, factor, op.whole ? 1 : 0, Int64(part.count),
            Int64(width), y + at * width)
        }
        return true
      }
    }
  }

  mutating func sampleClasses(_ op: SampleClasses, _ node: Graph.Node) throws(EngineError) {
    let (kernels, number) = (kernels, UInt32(truncatingIfNeeded: op.node))
    // A uniform number for each class, and as many places to select in.
    try emit("sample-classes", node, scratch: op.classes * 16) { operands in
      let key = UnsafeMutableRawPointer(operands.labels(0)).assumingMemoryBound(to: UInt32.self)
      let (chosen, logarithms) = (operands.outputs[0].assumingMemoryBound(to: Int32.self), operands.output(1))
      let room = operands.scratch.assumingMemoryBound(to: Double.self)
      return {
        kernels.random_uniform(key, number, Int64(op.classes), room)
        op.choose(
          from: UnsafeMutableBufferPointer(start: room, count: op.classes),
          UnsafeMutableBufferPointer(start: room + op.classes, count: op.classes), chosen, logarithms)
        return true
      }
    }
  }
}
