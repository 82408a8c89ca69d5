import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func quantize(_ op: Quantize, _ node: Graph.Node) throws(EngineError) {
    let source = try place(of: node.inputs[0])
    if storage(node.inputs[0]) == .uint8(op.quantization) { return alias(node.outputs[0], to: source) }
    toBytes(
      source, count(node.inputs[0]), op.quantization, from: elements(node.inputs[0]), to: define(node.outputs[0]))
  }

  mutating func quantizedLinear(_ op: QuantizedLinear, _ node: Graph.Node) throws(EngineError) {
    let (m, k) = rows(node.inputs[0])
    let spec = QuantizedSpec(rows: m, inputs: k, outputs: op.weight.shape[0], accumulate: op.residual, epilogue: op.epilogue)
    try quantizedProduct("linear", op.weight, spec, bias: op.bias, node) { compiler throws(EngineError) in
      var plain = ProductSpec(
        m: m, n: spec.outputs, k: k, aRow: k, aColumn: 1, wRow: 1, wColumn: k, cRow: spec.outputs)
      (plain.bias, plain.accumulate, plain.epilogue) = (op.bias, op.residual, op.epilogue)
      plain.packed = compiler.packs
      return try compiler.engine.backend.product(plain)
    }
  }

  mutating func quantizedConvolution(_ op: QuantizedConvolution, _ node: Graph.Node) throws(EngineError) {
    let (image, output, weights) = (shape(node.inputs[0]), shape(node.outputs[0]), op.weight.shape)
    let convolution = op.convolution
    var spec = QuantizedSpec(
      rows: image[0], inputs: image[3], outputs: weights[0], accumulate: convolution.residual,
      epilogue: convolution.epilogue)
    var plain = ConvolutionSpec(
      kind: .forward, training: false, batch: image[0], height: image[1], width: image[2], channels: image[3],
      outHeight: output[1], outWidth: output[2], outChannels: output[3], kernelHeight: weights[2],
      kernelWidth: weights[3], window: convolution.window)
    (plain.bias, plain.accumulate, plain.epilogue) = (convolution.bias, convolution.residual, convolution.epilogue)
    spec.convolution = plain
    try quantizedProduct("conv2d", op.weight, spec, bias: convolution.bias, node) { compiler throws(EngineError) in
      try compiler.engine.backend.convolution(plain)
    }
  }

  /// One product of bytes: by the library, where it has an exact one, or else of what the bytes stand for.
  private mutating func quantizedProduct(
    _ name: String, _ weight: QuantizedWeight, _ spec: QuantizedSpec, bias: Bool, _ node: Graph.Node,
    plain: (Compiler) throws(EngineError) -> PlannedMatrix
  ) throws(EngineError) {
    guard let array = store.quantized[weight.name], array.shape == weight.shape,
      let scales = store.entry(weight.scaleName).map({ store.floats(of: $0) })
    else {
      throw .binding("the store has no int8 weights '\(weight.name)' of shape \(describe(weight.shape))")
    }
    let weights = newSlot(bytes: array.count)
    slots[weights.index].place = .external(Memory(mutating: array.memory))
    let given = bias ? try slot(of: node.inputs[2]) : nil
    let added = spec.accumulate ? node.inputs[bias ? 3 : 2] : nil
    var spec = spec
    spec.scales = scales.map { $0 * weight.input.scale }
    // The border of an image is bytes 0: what stands for 0 must be that byte.
    let meansZero = weight.input.zero == 0 || spec.convolution.map { !$0.window.isPadded } ?? true
    // Sums of 32 bits must hold every product.
    let exact = meansZero && array.count / spec.outputs <= Int(Int32.max) / (255 * 128)
    let wanted = storage(node.outputs[0])
    for destination in exact ? [wanted] + (wanted == .bfloat16 ? [.float32] : []) : [] {
      spec.destination = destination
      guard let plan = try? engine.backend.quantizedProduct(spec) else { continue }
      let folded = foldedBias(given, weights, spec, width: array.count / spec.outputs, zero: weight.input.zero)
      let operands = [try place(of: node.inputs[0]), try packed(weights, plan), folded]
      return try emitProduct(name, plan, operands, added, spec.flops, as: destination, node)
    }
    let plan = try plain(self)
    let x = fromBytes(try place(of: node.inputs[0]), count(node.inputs[0]), weight.input)
    let w = fromInt8(weights, array.count, scales)
    let operands = [x, plan.packedBytes > 0 ? try packed(w, plan) : w] + (given.map { [$0] } ?? [])
    try emitProduct(name, plan, operands, added, spec.flops, as: .float32, node)
  }

  private mutating func emitProduct(
    _ name: String, _ plan: PlannedMatrix, _ operands: [SlotID], _ added: Value?, _ flops: Int, as written: Storage,
    _ node: Graph.Node
  ) throws(EngineError) {
    let value = node.outputs[0]
    var residual: SlotID?
    if let added { residual = try operand(added, as: written) }
    let destination =
      storage(value) == written ? define(value) : newSlot(bytes: count(value) * written.size)
    let (pool, bytes, hasBias) = (pool, count(value) * written.size, operands.count > 2)
    let position = residual.map { _ in operands.count }
    instructions.append(
      Instruction(
        operation: plan.isInt8 ? name + "-int8" : name, implementation: plan.implementation,
        inputs: operands + (residual.map { [$0] } ?? []), outputs: [destination], scratch: plan.scratch,
        flops: flops, mayOverwrite: position.map { [$0] } ?? []
      ) { operands in
        {
          if let position { pool.copy(from: operands.inputs[position], to: operands.outputs[0], bytes: bytes) }
          return plan.run(
            operands.inputs[0], operands.inputs[1], hasBias ? operands.inputs[2] : nil, operands.outputs[0],
            operands.scratch)
        }
      })
    guard storage(value) != written else { return }
    switch storage(value) {
    case .uint8(let quantization):
      let kernels = kernels
      let floats = { Elements(memory: $0, storage: .float32, kernels: kernels) }
      toBytes(destination, count(value), quantization, from: floats, to: define(value))
    default: keep(value, destination, as: written)
    }
  }

  /// What the library adds to the sums of products: the bias without what the zero point added to them.
  private mutating func foldedBias(
    _ bias: SlotID?, _ weights: SlotID, _ spec: QuantizedSpec, width: Int, zero: UInt8
  ) -> SlotID {
    let slot = newSlot(bytes: spec.outputs * 4)
    let (outputs, scales, isScaled, kernels) = (spec.outputs, spec.scales, engine.backend.scalesInt8Bias, kernels)
    instructions.append(
      Instruction(
        operation: "fold-bias", implementation: "own", inputs: [weights] + (bias.map { [$0] } ?? []), outputs: [slot],
        scratch: outputs * 4
      ) { operands in
        let (weights, sums, to) = (
          operands.inputs[0].assumingMemoryBound(to: Int8.self), operands.scratch.assumingMemoryBound(to: Int32.self),
          operands.output(0)
        )
        let given = bias == nil ? nil : operands.input(1)
        return {
          kernels.int8_row_sums(weights, Int64(outputs), Int64(width), sums)
          for row in 0..<outputs {
            let (offset, scale) = (Double(zero) * Double(sums[row]), Double(scales[row]))
            let bias = given.map { Double($0[row]) } ?? 0
            to[row] = Float(isScaled ? bias / scale - offset : bias - scale * offset)
          }
          return true
        }
      })
    return slot
  }

  // MARK: conversions

  /// Floats of any width -> bytes.
  private mutating func toBytes(
    _ slot: SlotID, _ count: Int, _ quantization: AffineQuantization, from elements: @escaping (Memory) -> Elements,
    to other: SlotID
  ) {
    let (pool, kernels) = (pool, kernels)
    instructions.append(
      Instruction(
        operation: "quantize", implementation: "own", inputs: [slot], outputs: [other],
        scratch: pool.threads * blockFloats * 4
      ) { operands in
        let from = elements(operands.inputs[0])
        let to = Elements(memory: operands.outputs[0], storage: .uint8(quantization), kernels: kernels)
        let scratch = Floats(operands.scratch)
        return {
          pool.split(count, minimum: elementwiseGrain) { range, thread in
            eachBlock(range, of: blockFloats) { start, count in
              to.put(start, count, room: from.read(start, count, room: scratch + thread * blockFloats))
            }
          }
          return true
        }
      })
  }

  /// Bytes -> what they stand for.
  private mutating func fromBytes(_ slot: SlotID, _ count: Int, _ quantization: AffineQuantization) -> SlotID {
    let other = newSlot(bytes: count * 4)
    let (pool, kernels) = (pool, kernels)
    instructions.append(
      Instruction(operation: "dequantize", implementation: "own", inputs: [slot], outputs: [other]) { operands in
        let (from, to) = (operands.inputs[0].assumingMemoryBound(to: UInt8.self), operands.output(0))
        return {
          pool.split(count, minimum: elementwiseGrain) { range, _ in
            let start = range.lowerBound
            kernels.from_bytes(from + start, quantization.scale, Float(quantization.zero), to + start, Int64(range.count))
          }
          return true
        }
      })
    return other
  }

  /// int8 weights -> what they stand for, with a scale for each output channel.
  private mutating func fromInt8(_ slot: SlotID, _ count: Int, _ scales: [Float]) -> SlotID {
    let other = newSlot(bytes: count * 4)
    let (pool, kernels, width) = (pool, kernels, count / scales.count)
    instructions.append(
      Instruction(operation: "dequantize-weights", implementation: "own", inputs: [slot], outputs: [other]) { operands in
        let (from, to) = (operands.inputs[0].assumingMemoryBound(to: Int8.self), operands.output(0))
        return {
          pool.split(scales.count, minimum: max(1, elementwiseGrain / width)) { rows, _ in
            for row in rows { kernels.from_int8(from + row * width, scales[row], to + row * width, Int64(width)) }
          }
          return true
        }
      })
    return other
  }
}

extension Window {
  fileprivate var isPadded: Bool { padTop + padLeft + padBottom + padRight > 0 }
}
