import CZooKernels
import ZooGraph

/// OpenBLAS, called single-threaded from our own parallel regions; convolutions as products over gathered columns.
struct BLASBackend: Backend {
  let name = "openblas"
  let takesBFloat16 = false
  let version: String
  let pool: ThreadPool
  let kernels: zoo_kernels

  init(processor: Processor, pool: ThreadPool, kernels: zoo_kernels) throws(EngineError) {
    try withMessage("openblas") { zoo_blas_open(processor.openBLASCore, $0, $1) }
    version = zoo_blas_version().map { String(cString: $0) } ?? "OpenBLAS"
    self.pool = pool
    self.kernels = kernels
  }

  func product(_ spec: ProductSpec) throws(EngineError) -> PlannedMatrix {
    guard spec.aColumn == 1 || spec.aRow == 1, spec.wColumn == 1 || spec.wRow == 1 else {
      throw .plan(operation: "product", "OpenBLAS needs one unit stride in each operand")
    }
    let (pool, kernels) = (pool, kernels)
    return PlannedMatrix(
      implementation: "sgemm", scratch: 0, packedBytes: 0, packing: nil,
      pack: { _, _ in false }, unpack: { _, _ in false },
      run: { source, weights, bias, destination, _ in
        let (a, w, c) = (Floats(source), Floats(weights), Floats(destination))
        let bias = bias.map(Floats.init)
        if spec.batch > 1 {
          pool.split(spec.batch) { range, _ in
            for item in range {
              spec.block(
                a + item * spec.aBatch, w + item * spec.wBatch, c + item * spec.cBatch, rows: 0..<spec.m, bias, kernels)
            }
          }
        } else if spec.m >= spec.n / 4 || spec.m >= 64 {
          pool.split(spec.m, minimum: 8) { rows, _ in spec.block(a, w, c, rows: rows, bias, kernels) }
        } else {
          pool.split(spec.n, minimum: 16) { columns, _ in spec.columns(a, w, c, columns, bias, kernels) }
        }
        return true
      })
  }
}

typealias Floats = UnsafeMutablePointer<Float>
extension UnsafeMutablePointer where Pointee == Float {
  init(_ memory: Memory) { self = memory.assumingMemoryBound(to: Float.self) }
}

extension ProductSpec {
  /// Rows of the product with bias and epilogue.
  fileprivate func block(
    _ a: Floats, _ w: Floats, _ c: Floats, rows: Range<Int>, _ bias: Floats?, _ kernels: zoo_kernels
  ) {
    gemm(a + rows.lowerBound * aRow, w, c + rows.lowerBound * cRow, m: rows.count, n: n)
    finish(c + rows.lowerBound * cRow, rows: rows.count, columns: n, bias, kernels)
  }

  fileprivate func columns(
    _ a: Floats, _ w: Floats, _ c: Floats, _ range: Range<Int>, _ bias: Floats?, _ kernels: zoo_kernels
  ) {
    gemm(a, w + range.lowerBound * wColumn, c + range.lowerBound, m: m, n: range.count)
    finish(c + range.lowerBound, rows: m, columns: range.count, bias.map { $0 + range.lowerBound }, kernels)
  }

  private func gemm(_ a: Floats, _ w: Floats, _ c: Floats, m: Int, n: Int) {
    let (ta, tw) = (aColumn != 1, wColumn != 1)
    zoo_blas_sgemm(
      ta ? 1 : 0, tw ? 1 : 0, Int64(m), Int64(n), Int64(k), 1, a, Int64(ta ? aColumn : aRow), w,
      Int64(tw ? wColumn : wRow), accumulate ? 1 : 0, c, Int64(cRow))
  }

  private func finish(_ c: Floats, rows: Int, columns: Int, _ bias: Floats?, _ kernels: zoo_kernels) {
    guard let function = epilogue.function ?? (bias == nil ? nil : -1) else { return }
    for row in 0..<rows {
      let line = c + row * cRow
      if let bias { kernels.binary(Int32(ZOO_ADD), line, bias, line, Int64(columns)) }
      if function >= 0 { kernels.unary(function, line, line, Int64(columns)) }
    }
  }
}

extension Epilogue {
  /// The unary kernel that computes it.
  var function: Int32? {
    switch self {
    case .none: nil
    case .relu: Int32(ZOO_RELU)
    case .gelu(let tanh): Int32(tanh ? ZOO_GELU_TANH : ZOO_GELU_ERF)
    }
  }
}
