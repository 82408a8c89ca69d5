import CZooKernels
import ZooGraph

extension Compiler {
  mutating func softmax(_ op: Softmax, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("softmax", node, mayOverwrite: [0]) { operands in
      let (x, y) = (operands.input(0), operands.output(0))
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let start = rows.lowerBound * width
          kernels.softmax(x + start, Int64(rows.count), Int64(width), op.logarithm ? 1 : 0, y + start)
        }
        return true
      }
    }
  }

  mutating func softmaxGradient(_ op: SoftmaxGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit(op.name, node, mayOverwrite: [1]) { operands in
      let (y, dy, dx) = (operands.input(0), operands.input(1), operands.output(0))
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let start = rows.lowerBound * width
          kernels.softmax_gradient(
            y + start, dy + start, Int64(rows.count), Int64(width), op.logarithm ? 1 : 0, dx + start)
        }
        return true
      }
    }
  }

  mutating func crossEntropy(_ op: CrossEntropy, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit(op.name, node) { operands in
      let (x, mix, loss, sums) = (operands.input(0), operands.input(3), operands.output(0), operands.output(1))
      let (first, second) = (operands.labels(1), operands.labels(2))
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let at = rows.lowerBound
          kernels.cross_entropy(
            x + at * width, first + at, second + at, mix + at, Float(op.smoothing), Int64(rows.count), Int64(width),
            loss + at, sums + at)
        }
        return true
      }
    }
  }

  mutating func crossEntropyGradient(_ op: CrossEntropyGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit(op.name, node) { operands in
      let (x, mix, sums, dloss) = (operands.input(0), operands.input(3), operands.input(4), operands.input(5))
      let (first, second, dx) = (operands.labels(1), operands.labels(2), operands.output(0))
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let at = rows.lowerBound
          kernels.cross_entropy_gradient(
            x + at * width, sums + at, first + at, second + at, mix + at, Float(op.smoothing), dloss + at,
            Int64(rows.count), Int64(width), dx + at * width)
        }
        return true
      }
    }
  }

  mutating func oneHot(_ op: OneHot, _ node: Graph.Node) throws(EngineError) {
    let (count, classes) = (count(node.inputs[0]), op.classes)
    try emit("one-hot", node) { operands in
      let (labels, y) = (operands.labels(0), operands.output(0))
      return {
        y.update(repeating: 0, count: count * classes)
        for row in 0..<count where (0..<classes).contains(Int(labels[row])) { y[row * classes + Int(labels[row])] = 1 }
        return true
      }
    }
  }
}

extension Operands {
  func labels(_ position: Int) -> UnsafeMutablePointer<Int32> { inputs[position].assumingMemoryBound(to: Int32.self) }
}
