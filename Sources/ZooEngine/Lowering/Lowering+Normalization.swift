import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func layerNorm(_ op: LayerNorm, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels, y) = (pool, kernels, elements(node.outputs[0]))
    let block = isNarrow([node.outputs[0]]) ? max(1, blockFloats / width) : Int.max
    let room = block == Int.max ? 0 : block * width
    try emitInPlace("layer-norm", node, scratch: pool.threads * room * 4) { operands in
      let (x, y, mean, deviation) = (operands.input(0), y(operands.outputs[0]), operands.output(1), operands.output(2))
      let gamma = op.affine ? operands.input(1) : nil
      let beta = op.affine ? operands.input(2) : nil
      let scratch = Floats(operands.scratch)
      return {
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, thread in
          eachBlock(rows, of: block) { start, count in
            let to = y.place(start * width, room: scratch + thread * room)
            kernels.layer_norm(
              x + start * width, gamma, beta, Float(op.epsilon), Int64(count), Int64(width), to, mean + start,
              deviation + start)
            y.put(start * width, count * width, room: to)
          }
        }
        return true
      }
    }
  }

  mutating func layerNormGradient(_ op: LayerNormGradient, _ node: Graph.Node) throws(EngineError) {
    let (count, width) = rows(node.inputs[0])
    let (pool, kernels, affine) = (pool, kernels, op.affine)
    let adds = op.adds ? node.inputs.count - 1 : nil
    let dy = elements(node.inputs[3])
    // Some rows at a time, so that their gradients for gamma and beta are summed together.
    let block = isNarrow([node.inputs[3]]) ? max(1, 4 * blockFloats / width) : Int.max
    // A thread's sums for gamma and beta, then its room for a block.
    let share = 2 * width + (block == Int.max ? 0 : block * width)
    try emitInPlace(
      "layer-norm-gradient", node, scratch: pool.threads * share * 4, mayOverwrite: (adds.map { [$0] } ?? []) + [3]
    ) { operands in
      let (x, mean, deviation, dy) = (operands.input(0), operands.input(1), operands.input(2), dy(operands.inputs[3]))
      let gamma = affine ? operands.input(4) : nil
      let add = adds.map(operands.input)
      let (dx, partials) = (operands.output(0), Floats(operands.scratch))
      return {
        if affine { memset(partials, 0, pool.threads * share * 4) }
        pool.split(count, minimum: max(1, elementwiseGrain / width)) { rows, thread in
          let partial = partials + thread * share
          eachBlock(rows, of: block) { start, count in
            let gradient = dy.read(start * width, count * width, room: partial + 2 * width)
            kernels.layer_norm_gradient(
              x + start * width, mean + start, deviation + start, gamma, gradient, add.map { $0 + start * width },
              Int64(count), Int64(width), dx + start * width, affine ? partial : nil, affine ? partial + width : nil)
          }
        }
        if affine {
          pool.addPartials(partials, stride: share, width: width, into: operands.output(1), kernels)
          pool.addPartials(partials + width, stride: share, width: width, into: operands.output(2), kernels)
        }
        return true
      }
    }
  }

  mutating func groupNorm(_ op: GroupNorm, _ node: Graph.Node) throws(EngineError) {
    let x = shape(node.inputs[0])
    let kernel = GroupNormKernel(
      images: x[0], pixels: x.dropFirst().dropLast().reduce(1, *), channels: x[x.count - 1], groups: op.groups,
      epsilon: op.epsilon, relu: op.relu, toBytes: isBytes(node.outputs[0]), pool: pool, kernels: kernels)
    let (from, to) = (elements(node.inputs[0]), elements(node.outputs[0]))
    try emitInPlace(op.relu ? "group-norm-relu" : "group-norm", node, scratch: kernel.scratchFloats * 4) { operands in
      {
        kernel.forward(
          from(operands.inputs[0]), gamma: operands.input(1), beta: operands.input(2), to(operands.outputs[0]),
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
    let (from, dy, dx) = (elements(node.inputs[0]), elements(node.inputs[2]), elements(node.outputs[0]))
    let add = op.adds ? elements(node.inputs[5]) : nil
    try emitInPlace(
      "group-norm-gradient", node, scratch: kernel.gradientScratchFloats * 4,
      mayOverwrite: op.adds ? [5, 2] : [2]
    ) { operands in
      {
        kernel.gradient(
          from(operands.inputs[0]), statistics: operands.input(1), dy: dy(operands.inputs[2]),
          gamma: operands.input(3), beta: operands.input(4), add: add?(operands.inputs[5]),
          dx: dx(operands.outputs[0]), dgamma: operands.output(1), dbeta: operands.output(2),
          Floats(operands.scratch))
        return true
      }
    }
  }
}
