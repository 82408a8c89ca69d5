import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func layerNorm(_ op: LayerNorm, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels) = (pool, kernels)
    try emit("layer-norm", node) { operands in
      let (x, y, mean, deviation) = (operands.input(0), operands.output(0), operands.output(1), operands.output(2))
      let gamma = op.affine ? operands.input(1) : nil
      let beta = op.affine ? operands.input(2) : nil
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let start = rows.lowerBound
          kernels.layer_norm(
            x + start * width, gamma, beta, Float(op.epsilon), Int64(rows.count), Int64(width), y + start * width,
            mean + start, deviation + start)
        }
        return true
      }
    }
  }

  mutating func layerNormGradient(_ op: LayerNormGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels, affine) = (pool, kernels, op.affine)
    let adds = op.adds ? node.inputs.count - 1 : nil
    try emit(
      "layer-norm-gradient", node, scratch: pool.threads * 2 * width * 4, mayOverwrite: (adds.map { [$0] } ?? []) + [3]
    ) { operands in
      let (x, mean, deviation, dy) = (operands.input(0), operands.input(1), operands.input(2), operands.input(3))
      let gamma = affine ? operands.input(4) : nil
      let add = adds.map(operands.input)
      let (dx, partials) = (operands.output(0), Floats(operands.scratch))
      return {
        if affine { memset(partials, 0, pool.threads * 2 * width * 4) }
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, thread in
          let start = rows.lowerBound
          let partial = partials + thread * 2 * width
          kernels.layer_norm_gradient(
            x + start * width, mean + start, deviation + start, gamma, dy + start * width,
            add.map { $0 + start * width }, Int64(rows.count), Int64(width), dx + start * width,
            affine ? partial : nil, affine ? partial + width : nil)
        }
        if affine {
          pool.addPartials(partials, stride: 2 * width, width: width, into: operands.output(1), kernels)
          pool.addPartials(partials + width, stride: 2 * width, width: width, into: operands.output(2), kernels)
        }
        return true
      }
    }
  }

  mutating func groupNorm(_ op: GroupNorm, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let kernel = GroupNormKernel(
      images: x[0], pixels: x.dropFirst().dropLast().reduce(1, *), channels: x[x.count - 1], groups: op.groups,
      epsilon: op.epsilon, relu: op.relu, pool: pool, kernels: kernels)
    try emit(op.relu ? "group-norm-relu" : "group-norm", node, scratch: kernel.scratchFloats * 4) { operands in
      {
        kernel.forward(
          operands.input(0), gamma: operands.input(1), beta: operands.input(2), operands.output(0),
          statistics: operands.output(1), Floats(operands.scratch))
        return true
      }
    }
  }

  mutating func groupNormGradient(_ op: GroupNormGradient, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let kernel = GroupNormKernel(
      images: x[0], pixels: x.dropFirst().dropLast().reduce(1, *), channels: x[x.count - 1], groups: op.groups,
      epsilon: 0, relu: op.relu, pool: pool, kernels: kernels)
    try emit(
      "group-norm-gradient", node, scratch: kernel.gradientScratchFloats * 4,
      mayOverwrite: op.adds ? [5, 2] : [2]
    ) { operands in
      {
        kernel.gradient(
          operands.input(0), statistics: operands.input(1), dy: operands.input(2), gamma: operands.input(3),
          beta: operands.input(4), add: op.adds ? operands.input(5) : nil, dx: operands.output(0),
          dgamma: operands.output(1), dbeta: operands.output(2), Floats(operands.scratch))
        return true
      }
    }
  }
}
