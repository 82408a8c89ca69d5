import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  /// Operands of another shape are repeated into scratch memory first.
  mutating func choose(_ node: Graph.Node) throws(EngineError) {
    let full = shape(node.outputs[0])
    let (total, dims) = (full.reduce(1, *), full.map(Int64.init))
    guard full.count <= 8 else { throw .plan(operation: "where", "more than 8 dimensions") }
    var (repeats, places, scratch) = ([[Int64]?](), [Int](), 0)
    for value in node.inputs {
      let own = shape(value)
      repeats.append(own == full ? nil : strides(own, over: full))
      places.append(scratch)
      if own != full { scratch += total }
    }
    let (steps, starts) = (repeats, places)
    let (pool, kernels) = (pool, kernels)
    try emit("where", node, scratch: scratch * 4) { operands in
      let (room, y) = (Floats(operands.scratch), operands.output(0))
      return {
        var sources: [Floats] = []
        for (position, steps) in steps.enumerated() {
          guard let steps else {
            sources.append(operands.input(position))
            continue
          }
          let target = room + starts[position]
          kernels.copy_strided(operands.input(position), dims, steps, Int32(dims.count), target)
          sources.append(target)
        }
        let (c, a, b) = (sources[0], sources[1], sources[2])
        pool.split(total, minimum: elementwiseGrain) { range, _ in
          let start = range.lowerBound
          kernels.select(c + start, a + start, b + start, y + start, Int64(range.count))
        }
        return true
      }
    }
  }

  mutating func sigmoidCrossEntropy(_ node: Graph.Node) throws(EngineError) {
    let count = count(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("sigmoid-cross-entropy", node, mayOverwrite: [0]) { operands in
      let (x, labels, y) = (operands.input(0), operands.input(1), operands.output(0))
      return {
        pool.split(count, minimum: elementwiseGrain) { range, _ in
          let start = range.lowerBound
          kernels.sigmoid_cross_entropy(x + start, labels + start, y + start, Int64(range.count))
        }
        return true
      }
    }
  }

  mutating func sigmoidCrossEntropyGradient(_ node: Graph.Node) throws(EngineError) {
    let count = count(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("sigmoid-cross-entropy-gradient", node, mayOverwrite: [2]) { operands in
      let (x, labels, dy, dx) = (operands.input(0), operands.input(1), operands.input(2), operands.output(0))
      return {
        pool.split(count, minimum: elementwiseGrain) { range, _ in
          let start = range.lowerBound
          kernels.sigmoid_cross_entropy_gradient(x + start, labels + start, dy + start, dx + start, Int64(range.count))
        }
        return true
      }
    }
  }

  mutating func gather(_ node: Graph.Node) throws(EngineError) {
    let rows = TableRows(table: shape(node.inputs[0]), isBatched: isBatched(node.inputs[0]), count(node.inputs[1]))
    try emit("gather", node) { operands in
      let (table, indices, y) = (operands.input(0), operands.labels(1), operands.output(0))
      return {
        for place in 0..<rows.count {
          let target = y + place * rows.width
          if let row = rows.row(of: Int(indices[place]), at: place) {
            memcpy(target, table + row * rows.width, rows.width * 4)
          } else {
            memset(target, 0, rows.width * 4)
          }
        }
        return true
      }
    }
  }

  /// One after the other: rows may be taken more than once.
  mutating func gatherGradient(_ op: GatherGradient, _ node: Graph.Node) throws(EngineError) {
    let table = shape(node.outputs[0])
    let isBatched = isBatched(node.outputs[0])
    let readings = stride(from: 0, to: node.inputs.count, by: 2).map {
      TableRows(table: table, isBatched: isBatched, count(node.inputs[$0]))
    }
    let (elements, pool, kernels) = (table.reduce(1, *), pool, kernels)
    try emit(op.name, node) { operands in
      let dx = operands.output(0)
      return {
        pool.split(elements, minimum: elementwiseGrain) { range, _ in
          memset(dx + range.lowerBound, 0, range.count * 4)
        }
        for (reading, rows) in readings.enumerated() {
          let (indices, dy) = (operands.labels(2 * reading), operands.input(2 * reading + 1))
          for place in 0..<rows.count {
            guard let row = rows.row(of: Int(indices[place]), at: place) else { continue }
            kernels.accumulate(dy + place * rows.width, 1, dx + row * rows.width, Int64(rows.width))
          }
        }
        return true
      }
    }
  }

  mutating func topK(_ op: TopK, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("top-k", node) { operands in
      let (x, values, places) = (operands.input(0), operands.output(0), operands.outputs[1])
      let indices = places.assumingMemoryBound(to: Int32.self)
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let at = rows.lowerBound
          kernels.top_k(
            x + at * width, Int64(rows.count), Int64(width), Int64(op.k), values + at * op.k, indices + at * op.k)
        }
        return true
      }
    }
  }

  mutating func topKGradient(_ op: TopKGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, k) = rows(node.inputs[0])
    let width = op.width
    try emit(op.name, node) { operands in
      let (indices, dy, dx) = (operands.labels(0), operands.input(1), operands.output(0))
      return {
        memset(dx, 0, count * width * 4)
        for place in 0..<(count * k) { dx[place / k * width + Int(indices[place])] = dy[place] }
        return true
      }
    }
  }

  mutating func toFloat(_ node: Graph.Node) throws(EngineError) {
    let count = count(node.inputs[0])
    try emit("float", node) { operands in
      let (x, y) = (operands.labels(0), operands.output(0))
      return {
        for place in 0..<count { y[place] = Float(x[place]) }
        return true
      }
    }
  }

  private func isBatched(_ value: Value) -> Bool { graph.type(of: value).isBatched }
}

/// Where the row that an index means lies in a table [n, …], or [batch, n, …] with each example its own n rows.
private struct TableRows {
  /// Indices, and elements of one row.
  let count: Int, width: Int
  private let size: Int
  /// Indices of one example; nil where all share the table.
  private let each: Int?

  init(table: [Int], isBatched: Bool, _ count: Int) {
    self.count = count
    size = isBatched ? table[1] : table[0]
    width = table.dropFirst(isBatched ? 2 : 1).reduce(1, *)
    each = isBatched ? max(1, count / max(table[0], 1)) : nil
  }

  func row(of index: Int, at place: Int) -> Int? {
    guard (0..<size).contains(index) else { return nil }
    return each.map { place / $0 * size + index } ?? index
  }
}
