import CZooKernels
import Synchronization
import ZooEngine

/// One of the rows nearest to a query.
public struct Neighbour: Sendable, Equatable {
  public let row: Int
  /// The larger, the nearer: a cosine or an inner product; of codes the number of unequal bits, negative.
  public let score: Float

  public init(row: Int, score: Float) { (self.row, self.score) = (row, score) }
}

/// Search that compares each query with every row, on all threads.
///
/// Rows of equal score come in rising order. The score of a row does not depend on where it lies or on the threads.
public struct ExactSearch: Sendable {
  public let work: ParallelWork
  private let instructions: Int32

  /// - Parameters:
  ///   - threads: at most this many; nil for all that the process may use.
  ///   - instructions: of the kernels, `ZOO_ISA_…`; nil for the best that there are.
  public init(threads: Int? = nil, instructions: Int32? = nil) throws(RetrieveError) {
    do { work = try ParallelWork(threads: threads) } catch { throw .engine("\(error)") }
    self.instructions = instructions ?? zoo_isa_detect()
  }

  /// Lists of this many entries, of all threads together, are kept at a time; more queries go by turns.
  private static let entries = 1 << 24

  /// The `k` rows of the largest inner product with each query, or fewer where there are no more.
  ///
  /// - Parameters:
  ///   - queries: [count, dimensions of `rows`], row-major.
  ///   - floor: only scores above it count; nil for all.
  public func nearest(
    floats queries: [Float], in rows: Embeddings, k: Int, above floor: Float? = nil
  ) throws -> [[Neighbour]] {
    let width = rows.dimensions
    guard rows.kind != .bits else { throw RetrieveError.queries("\(rows.path): holds one-bit codes; queries are floats") }
    guard queries.count % width == 0 else { throw RetrieveError.queries("queries of \(width) numbers each are needed") }
    return try byTurns(queries.count / width, rows: rows, k: k) { part, k in
      try floatNeighbours(Array(queries[part.lowerBound * width..<part.upperBound * width]), rows, k, floor)
    }
  }

  /// The `k` codes with the fewest bits that differ from each query.
  ///
  /// - Parameters:
  ///   - queries: [count, bytes of a row], as numpy packs bits; bits past the dimensions are 0 in both.
  ///   - distance: only codes at most this far count; nil for all.
  public func nearest(
    codes queries: [UInt8], in rows: Embeddings, k: Int, within distance: Int? = nil
  ) throws -> [[Neighbour]] {
    guard rows.kind == .bits else { throw RetrieveError.queries("\(rows.path): holds floats; queries are one-bit codes") }
    let bytes = rows.rowBytes
    guard queries.count % bytes == 0 else { throw RetrieveError.queries("queries of \(bytes) bytes each are needed") }
    return try byTurns(queries.count / bytes, rows: rows, k: k) { part, k in
      let part = Array(queries[part.lowerBound * bytes..<part.upperBound * bytes])
      return try rows.withRows { codeNeighbours(part, $0, bytes: bytes, count: rows.count, k, distance) }
    }
  }

  /// The same over codes in memory, [count, bytes].
  public func nearest(
    codes queries: [UInt8], in codes: [UInt8], bytes: Int, k: Int, within distance: Int? = nil
  ) throws -> [[Neighbour]] {
    guard bytes > 0, queries.count % bytes == 0, codes.count % bytes == 0 else {
      throw RetrieveError.queries("codes of \(bytes) bytes each are needed")
    }
    let count = codes.count / bytes
    return try byTurns(queries.count / bytes, count: count, k: k) { part, k in
      let part = Array(queries[part.lowerBound * bytes..<part.upperBound * bytes])
      return codes.withUnsafeBytes { codeNeighbours(part, $0, bytes: bytes, count: count, k, distance) }
    }
  }

  // MARK: - Parts

  private func byTurns(
    _ queries: Int, rows: Embeddings, k: Int, _ body: (Range<Int>, Int) throws -> [[Neighbour]]
  ) throws -> [[Neighbour]] { try byTurns(queries, count: rows.count, k: k, body) }

  private func byTurns(
    _ queries: Int, count: Int, k: Int, _ body: (Range<Int>, Int) throws -> [[Neighbour]]
  ) throws -> [[Neighbour]] {
    guard k > 0 else { throw RetrieveError.queries("at least one neighbour must be asked for") }
    let k = min(k, count)
    guard k > 0 else { return [[Neighbour]](repeating: [], count: queries) }
    let most = max(1, Self.entries / (k * work.threads))
    var result: [[Neighbour]] = []
    result.reserveCapacity(queries)
    for start in stride(from: 0, to: queries, by: most) {
      result += try body(start..<min(start + most, queries), k)
    }
    return result
  }

  private func floatNeighbours(_ queries: [Float], _ rows: Embeddings, _ k: Int, _ floor: Float?) throws -> [[Neighbour]] {
    let (kernels, width, count) = (zoo_search_for(instructions).pointee, rows.dimensions, queries.count / rows.dimensions)
    let lists = BestLists(threads: work.threads, queries: count, k: k, floor: floor ?? -.infinity)
    var packed = [Float](repeating: 0, count: Int(kernels.packed_size(Int64(count), Int64(width))))
    kernels.pack(queries, Int64(count), Int64(width), &packed)
    // Binary16 rows become float32 a few at a time, in the cache.
    let some = max(6, 49_152 / width)
    try rows.withRows { bytes in
      guard let base = bytes.baseAddress else { return }
      forEachChunk(rows.count, rowBytes: rows.rowBytes) { chunk, thread in
        var best = lists[thread]
        guard rows.kind == .float16 else {
          kernels.inner_products(
            base + chunk.lowerBound * rows.rowBytes, Int64(chunk.count), Int64(width), Int64(chunk.lowerBound), packed,
            Int64(count), &best)
          return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: some * width) { buffer in
          guard let floats = buffer.baseAddress else { return }
          for start in stride(from: chunk.lowerBound, to: chunk.upperBound, by: some) {
            let here = min(some, chunk.upperBound - start)
            kernels.from_half(base + start * rows.rowBytes, floats, Int64(here * width))
            kernels.inner_products(floats, Int64(here), Int64(width), Int64(start), packed, Int64(count), &best)
          }
        }
      }
    }
    return lists.merged()
  }

  private func codeNeighbours(
    _ queries: [UInt8], _ codes: UnsafeRawBufferPointer, bytes: Int, count: Int, _ k: Int, _ distance: Int?
  ) -> [[Neighbour]] {
    let kernels = zoo_search_for(instructions).pointee
    let (number, words) = (queries.count / bytes, (bytes + 7) / 8)
    let lists = BestLists(
      threads: work.threads, queries: number, k: k, floor: distance.map { -Float($0) - 0.5 } ?? -.infinity)
    var packed = [UInt64](repeating: 0, count: number * words)
    packed.withUnsafeMutableBytes { target in
      for query in 0..<number {
        for byte in 0..<bytes { target[8 * words * query + byte] = queries[query * bytes + byte] }
      }
    }
    guard let base = codes.baseAddress else { return lists.merged() }
    forEachChunk(count, rowBytes: bytes) { chunk, thread in
      var best = lists[thread]
      withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(Int(ZOO_HAMMING_SCRATCH), 64 * words)) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        kernels.hamming(
          base + chunk.lowerBound * bytes, Int64(chunk.count), Int64(bytes), Int64(chunk.lowerBound), packed,
          Int64(number), scratch, &best)
      }
    }
    return lists.merged()
  }

  /// Threads take chunks as they get to them, so that one that is held up holds up no other; each gets its own in rising
  /// order, as the lists need it.
  private func forEachChunk(_ rows: Int, rowBytes: Int, _ body: (Range<Int>, Int) -> Void) {
    let size = max(64, min((4 << 20) / rowBytes, rows / (8 * work.threads)))
    let next = Atomic<Int>(0)
    work.split(work.threads) { _, thread in
      while true {
        let start = next.add(size, ordering: .relaxed).oldValue
        guard start < rows else { return }
        body(start..<min(start + size, rows), thread)
      }
    }
  }
}
