import CZooKernels
import Glibc
import ZooGraph

/// Convolutions as products. The packed layout of weights is [out, kh·kw·in], the order in which columns are gathered.
extension BLASBackend {
  func convolution(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    let plan = ColumnConvolution(spec: spec, pool: pool, kernels: kernels)
    return PlannedMatrix(
      implementation: "columns + sgemm", scratch: plan.scratchFloats * 4, packedBytes: spec.weightCount * 4,
      packing: PackingKey(primitive: ColumnPacking.only) { $0 === ColumnPacking.only },
      pack: { plain, packed in plan.permute(Floats(plain), Floats(packed), toColumns: true) },
      unpack: { packed, plain in plan.permute(Floats(packed), Floats(plain), toColumns: false) },
      run: { source, weights, bias, destination, scratch in
        guard let scratch else { return false }
        let (source, weights, destination) = (Floats(source), Floats(weights), Floats(destination))
        switch spec.kind {
        case .forward: plan.forward(source, weights, bias.map(Floats.init), destination, Floats(scratch))
        case .inputGradient: plan.inputGradient(source, weights, destination, Floats(scratch))
        case .weightGradient: plan.weightGradient(source, weights, destination, Floats(scratch))
        }
        return true
      })
  }
}

/// Stands for the one layout there is.
private final class ColumnPacking: Sendable { static let only = ColumnPacking() }

private struct ColumnConvolution {
  let spec: ConvolutionSpec
  let pool: ThreadPool
  let kernels: zoo_kernels

  /// Width of a gathered column: one output position's window.
  var depth: Int { spec.kernelHeight * spec.kernelWidth * spec.channels }
  var inputSize: Int { spec.height * spec.width * spec.channels }
  var outputSize: Int { spec.outHeight * spec.outWidth * spec.outChannels }
  /// Output rows gathered at a time: about 1 MB of columns, so that they stay in the cache until they are used.
  var rowBlock: Int { max(1, min(spec.outHeight, 262_144 / max(1, spec.outWidth * depth))) }
  var columnFloats: Int { rowBlock * spec.outWidth * depth }
  /// Per thread: columns, and for the weight gradient a partial sum.
  var threadFloats: Int { (columnFloats + (spec.kind == .weightGradient ? spec.weightCount : 0) + 15) & ~15 }
  var scratchFloats: Int { pool.threads * threadFloats }

  func permute(_ from: Floats, _ to: Floats, toColumns: Bool) -> Bool {
    let (window, channels) = (spec.kernelHeight * spec.kernelWidth, spec.channels)
    let dims: [Int64] = [spec.outChannels, toColumns ? window : channels, toColumns ? channels : window].map(Int64.init)
    let strides: [Int64] = [Int64(window * channels), 1, Int64(toColumns ? window : channels)]
    kernels.copy_strided(from, dims, strides, 3, to)
    return true
  }

  /// Blocks of output rows over all images, split among threads.
  private func eachBlock(_ body: (_ image: Int, _ rows: Range<Int>, _ thread: Int) -> Void) {
    let blocks = (spec.outHeight + rowBlock - 1) / rowBlock
    pool.split(spec.batch * blocks) { range, thread in
      for item in range {
        let first = item % blocks * rowBlock
        body(item / blocks, first..<min(first + rowBlock, spec.outHeight), thread)
      }
    }
  }

  private func gather(_ image: Floats, _ rows: Range<Int>, _ columns: Floats) {
    kernels.image_to_columns(
      image, Int64(spec.height), Int64(spec.width), Int64(spec.channels), Int64(spec.kernelHeight),
      Int64(spec.kernelWidth), Int64(spec.window.stride), Int64(spec.window.padTop), Int64(spec.window.padLeft),
      Int64(spec.outWidth), Int64(rows.lowerBound), Int64(rows.upperBound), columns)
  }

  func forward(_ x: Floats, _ w: Floats, _ bias: Floats?, _ y: Floats, _ scratch: Floats) {
    eachBlock { image, rows, thread in
      let columns = scratch + thread * threadFloats
      gather(x + image * inputSize, rows, columns)
      let positions = rows.count * spec.outWidth
      let out = y + image * outputSize + rows.lowerBound * spec.outWidth * spec.outChannels
      zoo_blas_sgemm(
        0, 1, Int64(positions), Int64(spec.outChannels), Int64(depth), 1, columns, Int64(depth), w, Int64(depth),
        spec.accumulate ? 1 : 0, out, Int64(spec.outChannels))
      let n = Int64(spec.outChannels)
      if let bias { kernels.binary_row(Int32(ZOO_ADD), out, bias, out, Int64(positions), n) }
      if let function = spec.epilogue.function { kernels.unary(function, out, out, Int64(positions) * n) }
    }
  }

  /// Windows of neighbouring rows overlap in the input, so an image belongs to one thread.
  func inputGradient(_ dy: Floats, _ w: Floats, _ dx: Floats, _ scratch: Floats) {
    pool.split(spec.batch) { images, thread in
      let columns = scratch + thread * threadFloats
      for image in images {
        let into = dx + image * inputSize
        memset(into, 0, inputSize * 4)
        for first in stride(from: 0, to: spec.outHeight, by: rowBlock) {
          let rows = first..<min(first + rowBlock, spec.outHeight)
          let from = dy + image * outputSize + first * spec.outWidth * spec.outChannels
          zoo_blas_sgemm(
            0, 0, Int64(rows.count * spec.outWidth), Int64(depth), Int64(spec.outChannels), 1, from,
            Int64(spec.outChannels), w, Int64(depth), 0, columns, Int64(depth))
          kernels.columns_to_image(
            columns, Int64(spec.height), Int64(spec.width), Int64(spec.channels), Int64(spec.kernelHeight),
            Int64(spec.kernelWidth), Int64(spec.window.stride), Int64(spec.window.padTop),
            Int64(spec.window.padLeft), Int64(spec.outWidth), Int64(rows.lowerBound), Int64(rows.upperBound), into)
        }
      }
    }
  }

  /// Each thread sums its share; the shares are added in the order of the threads.
  func weightGradient(_ x: Floats, _ dy: Floats, _ dw: Floats, _ scratch: Floats) {
    for thread in 0..<pool.threads { memset(scratch + thread * threadFloats + columnFloats, 0, spec.weightCount * 4) }
    eachBlock { image, rows, thread in
      let columns = scratch + thread * threadFloats
      gather(x + image * inputSize, rows, columns)
      let from = dy + image * outputSize + rows.lowerBound * spec.outWidth * spec.outChannels
      zoo_blas_sgemm(
        1, 0, Int64(spec.outChannels), Int64(depth), Int64(rows.count * spec.outWidth), 1, from,
        Int64(spec.outChannels), columns, Int64(depth), 1, columns + columnFloats, Int64(depth))
    }
    memcpy(dw, scratch + columnFloats, spec.weightCount * 4)
    for thread in 1..<max(1, pool.threads) {
      kernels.accumulate(scratch + thread * threadFloats + columnFloats, 1, dw, Int64(spec.weightCount))
    }
  }
}
