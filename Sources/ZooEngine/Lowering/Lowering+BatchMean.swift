import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func batchMean(_ node: Graph.Node) throws(EngineError) {
    let (rows, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("batch-mean", node, scratch: pool.threads * width * 4) { operands in
      let (x, y, scratch) = (operands.input(0), operands.output(0), Floats(operands.scratch))
      return {
        let values = Elements(memory: Memory(x), storage: .float32, kernels: kernels)
        pool.columnSums(values, rows: rows, width: width, into: y, scratch, kernels)
        kernels.scale(y, 1 / Float(max(rows, 1)), 0, y, Int64(width))
        return true
      }
    }
  }

  mutating func batchMeanGradient(_ node: Graph.Node) throws(EngineError) {
    let (rows, width) = rows(node.outputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("batch-mean-gradient", node, scratch: width * 4) { operands in
      let (dy, dx, share) = (operands.input(0), operands.output(0), Floats(operands.scratch))
      return {
        kernels.scale(dy, 1 / Float(max(rows, 1)), 0, share, Int64(width))
        pool.split(rows, minimum: max(1, elementwiseGrain / width)) { part, _ in
          for row in part { memcpy(dx + row * width, share, width * 4) }
        }
        return true
      }
    }
  }
}
