import CZooKernels
import Glibc
import ZooGraph

extension Compiler {
  mutating func linear(_ op: Linear, _ node: Graph.Node) throws(EngineError) {
    let (m, k) = rows(node.inputs[0])
    let n = shape(node.inputs[1])[0]
    var spec = ProductSpec(m: m, n: n, k: k, aRow: k, aColumn: 1, wRow: 1, wColumn: k, cRow: n)
    spec.bias = op.bias
    spec.accumulate = op.residual
    spec.epilogue = op.epilogue
    try affine("linear", node, spec, residual: op.residual)
  }

  /// A product of x and weights, with a bias and a residual where the node has them.
  mutating func affine(_ name: String, _ node: Graph.Node, _ spec: ProductSpec, residual: Bool) throws(EngineError) {
    var spec = spec
    // Packing costs a copy of the weights, which pays where they stay the same; bfloat16 is a copy anyway.
    spec.packed = mode == .inference && (packs || precision == .bfloat16)
    let plan = try self.plan(&spec, output: node.outputs[0])
    let x = try operand(node.inputs[0], as: spec.a)
    // What is packed is packed from float32.
    let weights =
      spec.packed ? try packed(try slot(of: node.inputs[1]), plan) : try operand(node.inputs[1], as: spec.w)
    var inputs = [x, weights]
    if spec.bias { inputs.append(try slot(of: node.inputs[2])) }
    if residual { inputs.append(try operand(node.inputs[inputs.count], as: spec.c)) }
    let output = result(node.outputs[0], as: spec.c)
    let (pool, bytes, hasBias) = (pool, spec.m * spec.n * spec.c.size, spec.bias)
    let added = residual ? inputs.count - 1 : nil
    instructions.append(
      Instruction(
        operation: name, implementation: plan.implementation, inputs: inputs, outputs: [output],
        scratch: plan.scratch, flops: spec.flops, mayOverwrite: added.map { [$0] } ?? []
      ) { operands in
        {
          if let added { pool.copy(from: operands.inputs[added], to: operands.outputs[0], bytes: bytes) }
          return plan.run(
            operands.inputs[0], operands.inputs[1], hasBias ? operands.inputs[2] : nil, operands.outputs[0],
            operands.scratch)
        }
      })
    keep(node.outputs[0], output, as: spec.c)
  }

  /// Plans a product of the program's precision. Where the library has no fast bfloat16 for a shape, float32.
  private func plan(_ spec: inout ProductSpec, output: Value) throws(EngineError) -> PlannedMatrix {
    guard precision == .bfloat16 else { return try engine.backend.product(spec) }
    var half = spec
    (half.a, half.w, half.c) = (.bfloat16, .bfloat16, storage(output))
    do throws(EngineError) {
      let plan = try engine.backend.product(half)
      spec = half
      return plan
    } catch { return try engine.backend.product(spec) }
  }

  /// Weights in the layout that a plan wants: made once for all plans that agree.
  mutating func packed(_ plain: SlotID, _ plan: PlannedMatrix) throws(EngineError) -> SlotID {
    guard plan.packedBytes > 0, let key = plan.packing else { return plain }
    if let old = packings[plain]?.first(where: { key.same($0.key.primitive) }) { return old.slot }
    let slot = newSlot(bytes: plan.packedBytes)
    instructions.append(
      Instruction(operation: "pack", implementation: "reorder", inputs: [plain], outputs: [slot]) { operands in
        { plan.pack(operands.inputs[0], operands.outputs[0]) }
      })
    packings[plain, default: []].append((key, slot))
    return slot
  }

  mutating func linearInputGradient(_ node: Graph.Node) throws(EngineError) {
    let (m, k) = rows(node.inputs[0])
    let n = shape(node.inputs[1])[1]
    try product(
      "linear-input-gradient", node, ProductSpec(m: m, n: n, k: k, aRow: k, aColumn: 1, wRow: n, wColumn: 1, cRow: n))
  }

  /// dw [out, in] = dyᵀ·x, read as the transposed view of dy.
  mutating func linearWeightGradient(_ node: Graph.Node) throws(EngineError) {
    let (k, m) = rows(node.inputs[0])
    let n = rows(node.inputs[1]).width
    try product(
      "linear-weight-gradient", node, ProductSpec(m: m, n: n, k: k, aRow: 1, aColumn: m, wRow: n, wColumn: 1, cRow: n))
  }

  mutating func matrixProduct(_ op: MatrixProduct, _ node: Graph.Node) throws(EngineError) {
    let (a, c) = (shape(node.inputs[0]), shape(node.outputs[0]))
    let (m, n) = (c[c.count - 2], c[c.count - 1])
    let k = op.transposeA ? a[a.count - 2] : a[a.count - 1]
    var spec = ProductSpec(
      m: m, n: n, k: k, aRow: op.transposeA ? 1 : k, aColumn: op.transposeA ? m : 1,
      wRow: op.transposeB ? 1 : n, wColumn: op.transposeB ? k : 1, cRow: n)
    spec.batch = a.dropLast(2).reduce(1, *)
    (spec.aBatch, spec.wBatch, spec.cBatch) = (m * k, k * n, m * n)
    try product("matmul", node, spec)
  }

  mutating func product(_ name: String, _ node: Graph.Node, _ spec: ProductSpec) throws(EngineError) {
    var spec = spec
    // Batches of small products are heads' own arithmetic; they stay float32.
    let plan = spec.batch == 1 ? try self.plan(&spec, output: node.outputs[0]) : try engine.backend.product(spec)
    let inputs = [try operand(node.inputs[0], as: spec.a), try operand(node.inputs[1], as: spec.w)]
    let output = result(node.outputs[0], as: spec.c)
    instructions.append(
      Instruction(
        operation: name, implementation: plan.implementation, inputs: inputs, outputs: [output], scratch: plan.scratch,
        flops: spec.flops
      ) { operands in
        { plan.run(operands.inputs[0], operands.inputs[1], nil, operands.outputs[0], operands.scratch) }
      })
    keep(node.outputs[0], output, as: spec.c)
  }

  mutating func columnSum(_ node: Graph.Node) throws(EngineError) {
    let (rows, width) = rows(node.inputs[0])
    let (pool, kernels, x) = (pool, kernels, elements(node.inputs[0]))
    try emitInPlace("column-sum", node, scratch: pool.threads * width * 4) { operands in
      let (from, sums, scratch) = (x(operands.inputs[0]), operands.output(0), Floats(operands.scratch))
      return {
        pool.columnSums(from, rows: rows, width: width, into: sums, scratch, kernels)
        return true
      }
    }
  }
}

extension ThreadPool {
  /// A large copy by all threads; nothing when both are the same memory.
  func copy(from source: Memory, to destination: Memory, bytes: Int) {
    guard source != destination else { return }
    split(bytes, minimum: elementwiseGrain * 4) { range, _ in
      memcpy(destination + range.lowerBound, source + range.lowerBound, range.count)
    }
  }

  /// Sums of columns; partial sums of the threads are added in their order. `scratch`: threads·width floats.
  func columnSums(
    _ x: Elements, rows: Int, width: Int, into sums: Floats, _ scratch: Floats, _ kernels: zoo_kernels
  ) {
    memset(scratch, 0, threads * width * 4)
    split(rows, minimum: max(1, elementwiseGrain / width)) { range, thread in
      kernels.column_sums(
        x[range.lowerBound * width], x.flag(ZOO_NARROW_X), Int64(range.count), Int64(width), scratch + thread * width)
    }
    addPartials(scratch, stride: width, width: width, into: sums, kernels)
  }

  /// sums = the threads' partial results, added in order.
  func addPartials(_ partials: Floats, stride: Int, width: Int, into sums: Floats, _ kernels: zoo_kernels) {
    memcpy(sums, partials, width * 4)
    for thread in 1..<max(threads, 1) { kernels.accumulate(partials + thread * stride, 1, sums, Int64(width)) }
  }
}
