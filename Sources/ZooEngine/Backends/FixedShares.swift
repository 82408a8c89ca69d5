import CZooKernels
import Glibc
import ZooGraph

/// A library's operations cut into pieces that do not depend on the number of threads. Every piece is planned and run
/// serially, in a region of ours, and sums of pieces are added in their order: so is every result, whoever computed it.
struct FixedShares: Backend {
  /// Shares of every region; more threads have nothing to do.
  static let count = 32

  let library: any Backend
  let pool: ThreadPool
  let kernels: zoo_kernels
  var name: String { library.name }
  var version: String { library.version }
  var takesBFloat16: Bool { library.takesBFloat16 }

  /// - Parameter library: opened for one thread.
  init(of library: any Backend, pool: ThreadPool, kernels: zoo_kernels) {
    (self.library, self.pool, self.kernels) = (library, pool, kernels)
  }

  // MARK: products

  func product(_ spec: ProductSpec) throws(EngineError) -> PlannedMatrix {
    // Pieces share no layout of the library's: the weights stay plain, or become plain bfloat16.
    let narrows = spec.packed && spec.w == .bfloat16
    var spec = spec
    spec.packed = false
    let pieces = try spec.pieces().map { piece throws(EngineError) in (piece, try library.product(piece.spec)) }
    let room = aligned(pieces.map(\.1.scratch).max() ?? 0)
    let pool = pool
    var plan = PlannedMatrix(
      implementation: name(of: pieces.map(\.1)), scratch: room * min(pieces.count, pool.threads), packedBytes: 0,
      packing: nil, pack: { _, _ in false }, unpack: { _, _ in false },
      run: { a, w, bias, c, scratch in
        pool.all(pieces.count) { index, place in
          let (piece, plan) = pieces[index]
          return plan.run(
            a + piece.a, w + piece.w, bias.map { $0 + piece.bias }, c + piece.c, scratch.map { $0 + place * room })
        }
      })
    if narrows { narrow(&plan, count: spec.k * spec.n) }
    return plan
  }

  private func name(of plans: [PlannedMatrix]) -> String {
    (plans.first?.implementation ?? "") + (plans.count > 1 ? " in \(plans.count) pieces" : "")
  }

  /// Weights become bfloat16 where others would be packed.
  private func narrow(_ plan: inout PlannedMatrix, count: Int) {
    let (pool, kernels) = (pool, kernels)
    plan.packedBytes = count * Storage.bfloat16.size
    plan.packing = PackingKey(primitive: PlainNarrowing.only) { $0 === PlainNarrowing.only }
    plan.pack = { plain, packed in
      pool.split(count, minimum: elementwiseGrain) { range, _ in
        kernels.to_bfloat16(Floats(plain) + range.lowerBound, packed.halves + range.lowerBound, Int64(range.count))
      }
      return true
    }
  }

  // MARK: convolutions

  func convolution(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    if spec.isProduct { return try productOfPixels(spec) }
    return spec.kind == .weightGradient ? try weightGradient(spec) : try byImages(spec)
  }

  /// A convolution of single pixels is a product over all of them.
  private func productOfPixels(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    let (pixels, inner, outer) = (spec.batch * spec.height * spec.width, spec.channels, spec.outChannels)
    var product: ProductSpec
    switch spec.kind {
    case .forward:
      product = ProductSpec(
        m: pixels, n: outer, k: inner, aRow: inner, aColumn: 1, wRow: 1, wColumn: inner, cRow: outer)
      (product.bias, product.accumulate, product.epilogue) = (spec.bias, spec.accumulate, spec.epilogue)
      (product.a, product.w, product.c) = (spec.input, spec.weights, spec.output)
    case .inputGradient:
      product = ProductSpec(
        m: pixels, n: inner, k: outer, aRow: outer, aColumn: 1, wRow: inner, wColumn: 1, cRow: inner)
      (product.a, product.w, product.c) = (spec.output, spec.weights, spec.input)
    case .weightGradient:
      product = ProductSpec(
        m: outer, n: inner, k: pixels, aRow: 1, aColumn: outer, wRow: inner, wColumn: 1, cRow: inner)
      (product.a, product.w) = (spec.output, spec.input)
    }
    var plan = try self.product(product)
    if spec.kind == .weightGradient {
      let (run, bytes) = (plan.run, outer * inner * 4)
      plan.run = { x, dy, bias, dw, scratch in run(dy, x, bias, dw, scratch) }
      plan.unpack = { packed, plain in
        memcpy(plain, packed, bytes)
        return true
      }
    } else if spec.weights == .bfloat16 {
      narrow(&plan, count: outer * inner)
    }
    return plan
  }

  /// Whole images, as many to a piece as divide the batch.
  private func byImages(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    let images = spec.batch.divisor(upTo: (spec.batch + Self.count - 1) / Self.count)
    let plans = try pieces(spec, images: images)
    let forward = spec.kind == .forward
    let from = images * (forward ? spec.inputImage : spec.outputImage)
    let to = images * (forward ? spec.outputImage : spec.inputImage)
    let (pool, room) = (pool, aligned(plans.map(\.scratch).max() ?? 0))
    guard var whole = plans.first else { throw .plan(operation: "convolution", "no images") }
    whole.implementation = name(of: plans)
    whole.scratch = room * min(plans.count, pool.threads)
    whole.run = { source, weights, bias, destination, scratch in
      pool.all(plans.count) { index, place in
        plans[index].run(
          source + index * from, weights, bias, destination + index * to, scratch.map { $0 + place * room })
      }
    }
    return whole
  }

  /// Each piece sums its images; the pieces' sums are added in their order.
  private func weightGradient(_ spec: ConvolutionSpec) throws(EngineError) -> PlannedMatrix {
    // Few pieces where their sums are large.
    let most = max(2, min(8, (1 << 26) / max(1, spec.weightCount * 4)))
    let images = spec.batch / spec.batch.divisor(upTo: most)
    let plans = try pieces(spec, images: images)
    guard var whole = plans.first else { throw .plan(operation: "convolution", "no images") }
    let (pool, kernels) = (pool, kernels)
    let sum = aligned(max(whole.packedBytes, spec.weightCount * 4))
    let room = aligned(plans.map(\.scratch).max() ?? 0)
    let (from, to) = (images * spec.inputImage, images * spec.outputImage)
    let floats = max(whole.packedBytes / 4, spec.weightCount)
    whole.implementation = name(of: plans)
    // The first piece sums in place.
    whole.scratch = room * min(plans.count, pool.threads) + sum * (plans.count - 1)
    whole.run = { x, dy, _, dw, scratch in
      guard let scratch else { return false }
      let sums = scratch + room * min(plans.count, pool.threads)
      let ran = pool.all(plans.count) { index, place in
        plans[index].run(
          x + index * from, dy + index * to, nil, index == 0 ? dw : sums + (index - 1) * sum, scratch + place * room)
      }
      pool.split(floats, minimum: elementwiseGrain) { range, _ in
        for index in 1..<max(1, plans.count) {
          kernels.accumulate(
            Floats(sums + (index - 1) * sum) + range.lowerBound, 1, Floats(dw) + range.lowerBound, Int64(range.count))
        }
      }
      return ran
    }
    return whole
  }

  private func pieces(_ spec: ConvolutionSpec, images: Int) throws(EngineError) -> [PlannedMatrix] {
    var piece = spec
    piece.batch = images
    var plans: [PlannedMatrix] = []
    // Planned one by one: a plan serves one caller at a time.
    for _ in 0..<(spec.batch / images) { plans.append(try library.convolution(piece)) }
    return plans
  }
}

private func aligned(_ bytes: Int) -> Int { (bytes + 63) & ~63 }

/// Stands for weights in their own order, as bfloat16.
private final class PlainNarrowing: Sendable { static let only = PlainNarrowing() }

extension ThreadPool {
  /// Runs `body(item, place)` for every item; whether all of them went well. No two items have one place at the same time,
  /// and there are as many places as shares, or items where those are fewer.
  fileprivate func all(_ count: Int, _ body: (Int, Int) -> Bool) -> Bool {
    var results = [Bool](repeating: true, count: count)
    results.withUnsafeMutableBufferPointer { results in
      let results = results
      split(count) { range, share in
        for item in range { results[item] = body(item, count <= threads ? item : share) }
      }
    }
    return results.allSatisfy { $0 }
  }
}

extension Int {
  /// The largest divisor that is not above `most`; 1 where there is none.
  fileprivate func divisor(upTo most: Int) -> Int {
    var candidate = Swift.max(1, Swift.min(self, most))
    while self % candidate != 0 { candidate -= 1 }
    return candidate
  }
}

extension ConvolutionSpec {
  /// Whether every output pixel depends on the one pixel in its place.
  fileprivate var isProduct: Bool {
    kernelHeight == 1 && kernelWidth == 1 && window == Window(stride: 1, padding: 0)
  }
  /// Bytes of an image of the input and of the output.
  fileprivate var inputImage: Int { height * width * channels * input.size }
  fileprivate var outputImage: Int { outHeight * outWidth * outChannels * output.size }
}

/// A part of a product: where its operands begin, in bytes.
private struct ProductPiece {
  var spec: ProductSpec
  var a = 0, w = 0, bias = 0, c = 0
}

extension ProductSpec {
  /// Batches by their members; single products in a grid of rows and columns of c, as many as `FixedShares.count` where
  /// they are large enough. A grid that reads little of a and w for its pieces is preferred.
  fileprivate func pieces() -> [ProductPiece] {
    if batch > 1 {
      let each = batch.divisor(upTo: (batch + FixedShares.count - 1) / FixedShares.count)
      return stride(from: 0, to: batch, by: each).map { first in
        var piece = ProductPiece(spec: self)
        piece.spec.batch = each
        (piece.a, piece.w, piece.c) = (first * aBatch * a.size, first * wBatch * w.size, first * cBatch * c.size)
        return piece
      }
    }
    let (rows, columns) = grid
    var pieces: [ProductPiece] = []
    for row in 0..<rows {
      let (top, bottom) = (m * row / rows, m * (row + 1) / rows)
      for column in 0..<columns {
        let left = n / 16 * column / columns * 16
        let right = column + 1 == columns ? n : n / 16 * (column + 1) / columns * 16
        var piece = ProductPiece(spec: self)
        (piece.spec.m, piece.spec.n) = (bottom - top, right - left)
        (piece.a, piece.w) = (top * aRow * a.size, left * wColumn * w.size)
        (piece.bias, piece.c) = (left * 4, (top * cRow + left) * c.size)
        pieces.append(piece)
      }
    }
    return pieces
  }

  private var grid: (rows: Int, columns: Int) {
    guard flops >= 1 << 20 else { return (1, 1) }
    var best = (rows: 1, columns: 1, cost: Int.max)
    for power in 0...5 {
      let columns = max(1, min(1 << power, n / 64))
      let rows = max(1, min(FixedShares.count / columns, m / 32))
      // What all pieces together read; columns of w are laid out anew for each of them.
      let cost = columns * m * k + 2 * rows * k * n
      let (more, old) = (rows * columns, best.rows * best.columns)
      if more > old || (more == old && cost < best.cost) { best = (rows, columns, cost) }
    }
    return (best.rows, best.columns)
  }
}
