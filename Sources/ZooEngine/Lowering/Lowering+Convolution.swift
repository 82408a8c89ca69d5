import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  private func spec(
    _ kind: ConvolutionSpec.Kind, image: [Int], output: [Int], weights: [Int], _ window: Window
  ) -> ConvolutionSpec {
    ConvolutionSpec(
      kind: kind, training: mode == .training, batch: image[0], height: image[1], width: image[2], channels: image[3],
      outHeight: output[1], outWidth: output[2], outChannels: output[3], kernelHeight: weights[2],
      kernelWidth: weights[3], window: window)
  }

  /// Plans a convolution of the program's precision. Where the library has no fast bfloat16 for a shape, float32.
  private func plan(_ spec: inout ConvolutionSpec, output: Value) throws(EngineError) -> PlannedMatrix {
    func planned(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
      if let winograd = WinogradConvolution(spec, pool: pool, kernels: kernels) { return winograd.plan }
      return try engine.backend.convolution(spec)
    }
    guard precision == .bfloat16 else { return try planned(spec) }
    var half = spec
    half.weights = .bfloat16
    switch spec.kind {
    case .forward: (half.input, half.output) = (.bfloat16, storage(output))
    case .inputGradient: (half.input, half.output) = (storage(output), .bfloat16)
    case .weightGradient: (half.input, half.output) = (.bfloat16, .bfloat16)
    }
    do throws(EngineError) {
      let plan = try planned(half)
      spec = half
      return plan
    } catch { return try planned(spec) }
  }

  /// Whether a convolution is computed as a product of pixels and weights as they lie: in training over bfloat16, where its
  /// weights would have to be laid out anew for it and for its input's gradient in every step, and its own gradient laid
  /// out back. Over float32 the convolutions are as fast.
  private func isProduct(_ weights: [Int], _ window: Window) -> Bool {
    mode == .training && precision == .bfloat16 && isPointwise(weights, window)
  }

  mutating func convolution(_ op: Convolution, _ node: Graph.Node) throws(EngineError) {
    let (image, weights, output) = (shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0]))
    if isProduct(weights, op.window) {
      let (m, k, n) = (output.dropLast().reduce(1, *), weights[1], weights[0])
      var spec = ProductSpec(m: m, n: n, k: k, aRow: k, aColumn: 1, wRow: 1, wColumn: k, cRow: n)
      (spec.bias, spec.accumulate, spec.epilogue) = (op.bias, op.residual, op.epilogue)
      return try affine("conv2d", node, spec, residual: op.residual)
    }
    var spec = spec(.forward, image: image, output: output, weights: weights, op.window)
    (spec.bias, spec.accumulate, spec.epilogue) = (op.bias, op.residual, op.epilogue)
    let plan = try self.plan(&spec, output: node.outputs[0])
    let source = try operand(node.inputs[0], as: spec.input)
    var inputs = [source, try packed(try slot(of: node.inputs[1]), plan)]
    if op.bias { inputs.append(try slot(of: node.inputs[2])) }
    if op.residual { inputs.append(try operand(node.inputs[inputs.count], as: spec.output)) }
    let destination = result(node.outputs[0], as: spec.output)
    let (pool, bytes, hasBias) = (pool, output.reduce(spec.output.size, *), op.bias)
    let residual = op.residual ? inputs.count - 1 : nil
    instructions.append(
      Instruction(
        operation: "conv2d", implementation: plan.implementation, inputs: inputs, outputs: [destination],
        scratch: plan.scratch, flops: spec.flops, mayOverwrite: residual.map { [$0] } ?? []
      ) { operands in
        {
          if let residual { pool.copy(from: operands.inputs[residual], to: operands.outputs[0], bytes: bytes) }
          return plan.run(
            operands.inputs[0], operands.inputs[1], hasBias ? operands.inputs[2] : nil, operands.outputs[0],
            operands.scratch)
        }
      })
    keep(node.outputs[0], destination, as: spec.output)
  }

  mutating func convolutionInputGradient(_ op: ConvolutionInputGradient, _ node: Graph.Node) throws(EngineError) {
    let weights = shape(node.inputs[1])
    if isProduct(weights, op.window) {
      let (m, k, n) = (shape(node.inputs[0]).dropLast().reduce(1, *), weights[0], weights[1])
      return try product(
        "conv2d-input-gradient", node,
        ProductSpec(m: m, n: n, k: k, aRow: k, aColumn: 1, wRow: n, wColumn: 1, cRow: n))
    }
    var spec = spec(
      .inputGradient, image: shape(node.outputs[0]), output: shape(node.inputs[0]), weights: shape(node.inputs[1]),
      op.window)
    let plan = try self.plan(&spec, output: node.outputs[0])
    let dy = try operand(node.inputs[0], as: spec.output)
    let inputs = [dy, try packed(try slot(of: node.inputs[1]), plan)]
    let destination = result(node.outputs[0], as: spec.input)
    instructions.append(
      Instruction(
        operation: "conv2d-input-gradient", implementation: plan.implementation, inputs: inputs,
        outputs: [destination], scratch: plan.scratch, flops: spec.flops
      ) { operands in
        { plan.run(operands.inputs[0], operands.inputs[1], nil, operands.outputs[0], operands.scratch) }
      })
    keep(node.outputs[0], destination, as: spec.input)
  }

  mutating func convolutionWeightGradient(_ op: ConvolutionWeightGradient, _ node: Graph.Node) throws(EngineError) {
    if isProduct(op.weightShape, op.window) {
      let (k, m, n) = (shape(node.inputs[0]).dropLast().reduce(1, *), op.weightShape[0], op.weightShape[1])
      return try product(
        "conv2d-weight-gradient", node,
        ProductSpec(m: m, n: n, k: k, aRow: 1, aColumn: m, wRow: n, wColumn: 1, cRow: n))
    }
    var spec = spec(
      .weightGradient, image: shape(node.inputs[1]), output: shape(node.inputs[0]), weights: op.weightShape, op.window)
    let plan = try self.plan(&spec, output: node.outputs[0])
    let packed = newSlot(bytes: max(plan.packedBytes, spec.weightCount * 4))
    instructions.append(
      Instruction(
        operation: "conv2d-weight-gradient", implementation: plan.implementation,
        inputs: [try operand(node.inputs[0], as: spec.output), try operand(node.inputs[1], as: spec.input)],
        outputs: [packed], scratch: plan.scratch, flops: spec.flops
      ) { operands in
        { plan.run(operands.inputs[1], operands.inputs[0], nil, operands.outputs[0], operands.scratch) }
      })
    let plain = define(node.outputs[0])
    instructions.append(
      Instruction(operation: "unpack", implementation: "reorder", inputs: [packed], outputs: [plain]) { operands in
        { plan.unpack(operands.inputs[0], operands.outputs[0]) }
      })
  }

  mutating func maxPool(_ op: MaxPool, _ node: Graph.Node) throws(EngineError) {
    let (x, y) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let (pool, kernels) = (pool, kernels)
    let (source, result) = (elements(node.inputs[0]), elements(node.outputs[0]))
    try emitInPlace("max-pool", node) { operands in
      let (from, to) = (source(operands.inputs[0]), result(operands.outputs[0]))
      let narrow = from.flag(ZOO_NARROW_X) | to.flag(ZOO_NARROW_RESULT)
      return {
        pool.split(x[0] * y[1]) { range, _ in
          for item in range {
            let (image, row) = (item / y[1], item % y[1])
            kernels.max_pool(
              from[image * x[1] * x[2] * x[3]], narrow, Int64(x[1]), Int64(x[2]), Int64(x[3]), Int64(op.kernel),
              Int64(op.window.stride), Int64(op.window.padTop), Int64(y[2]), Int64(row), Int64(row + 1),
              to[item * y[2] * y[3]])
          }
        }
        return true
      }
    }
  }

  mutating func maxPoolGradient(_ op: MaxPoolGradient, _ node: Graph.Node) throws(EngineError) {
    let (x, dy) = (shape(node.inputs[0]), shape(node.inputs[1]))
    let (pool, kernels) = (pool, kernels)
    let (source, above) = (elements(node.inputs[0]), elements(node.inputs[1]))
    try emitInPlace("max-pool-gradient", node) { operands in
      let (from, gradient, to) = (source(operands.inputs[0]), above(operands.inputs[1]), operands.output(0))
      let narrow = from.flag(ZOO_NARROW_X) | gradient.flag(ZOO_NARROW_DY)
      return {
        pool.split(x[0]) { images, _ in
          for image in images {
            let size = x[1] * x[2] * x[3]
            kernels.max_pool_gradient(
              from[image * size], gradient[image * dy[1] * dy[2] * dy[3]], narrow, Int64(x[1]), Int64(x[2]), Int64(x[3]),
              Int64(op.pool.kernel), Int64(op.pool.window.stride), Int64(op.pool.window.padTop), Int64(dy[1]),
              Int64(dy[2]), to + image * size)
          }
        }
        return true
      }
    }
  }

  mutating func weightStandardise(_ op: WeightStandardise, _ node: Graph.Node) throws(EngineError) {
    let shape = shape(node.inputs[0])
    let (channels, width) = (shape[0], shape.dropFirst().reduce(1, *))
    let (pool, kernels) = (pool, kernels)
    let standardised = elements(node.outputs[0])
    let narrow = isNarrow([node.outputs[0]])
    let block = narrow ? max(1, blockFloats / width) : Int.max
    let room = narrow ? block * width : 0
    try emitInPlace("weight-standardise", node, scratch: pool.threads * room * 4) { operands in
      let (w, y) = (operands.input(0), standardised(operands.outputs[0]))
      let (mean, deviation, scratch) = (operands.output(1), operands.output(2), Floats(operands.scratch))
      return {
        pool.split(channels, minimum: max(1, elementwiseGrain / width)) { rows, thread in
          eachBlock(rows, of: block) { start, count in
            let to = y.place(start * width, room: scratch + thread * room)
            kernels.weight_standardise(
              w + start * width, Float(op.epsilon), Int64(count), Int64(width), to, mean + start, deviation + start)
            y.put(start * width, count * width, room: to)
          }
        }
        return true
      }
    }
  }

  mutating func weightStandardiseGradient(_ node: Graph.Node) throws(EngineError) {
    let shape = shape(node.inputs[0])
    let (channels, width) = (shape[0], shape.dropFirst().reduce(1, *))
    let (pool, kernels) = (pool, kernels)
    try emit("weight-standardise-gradient", node, mayOverwrite: [3]) { operands in
      let (w, mean, deviation, dy) = (operands.input(0), operands.input(1), operands.input(2), operands.input(3))
      let dw = operands.output(0)
      return {
        pool.split(channels, minimum: max(1, elementwiseGrain / width)) { rows, _ in
          let start = rows.lowerBound
          kernels.weight_standardise_gradient(
            w + start * width, mean + start, deviation + start, dy + start * width, Int64(rows.count), Int64(width),
            dw + start * width)
        }
        return true
      }
    }
  }
}

/// Whether a convolution looks at one pixel at a time, every pixel once.
func isPointwise(_ weights: [Int], _ window: Window) -> Bool {
  weights.suffix(2) == [1, 1] && window == Window(stride: 1, padding: 0)
}
