import ZooAlgebra
import ZooEngine

/// How well the nearest rows of a database have a query's class.
public struct RetrievalMetrics: Sendable, Equatable {
  /// Queries that have a row of their class in the database; the others cannot be answered and count nowhere.
  public let queries: Int
  /// The share of queries with a row of their class among the nearest k, for each k asked for. At 1 it is P@1.
  public let recall: [(k: Int, value: Double)]
  /// The mean over queries of average precision over the whole ranking.
  public let meanAveragePrecision: Double

  public var precisionAt1: Double

  public static func == (a: RetrievalMetrics, b: RetrievalMetrics) -> Bool {
    a.queries == b.queries && a.recall.elementsEqual(b.recall, by: ==)
      && a.meanAveragePrecision == b.meanAveragePrecision && a.precisionAt1 == b.precisionAt1
  }
}

/// Rows with a class each.
public struct LabelledEmbeddings: Sendable {
  public let rows: Matrix<Float>
  public let labels: [Int32]

  /// - Parameter rows: of length 1 for a cosine, -1 and 1 for codes.
  public init(rows: Matrix<Float>, labels: [Int32]) { (self.rows, self.labels) = (rows, labels) }

  /// The same as one-bit codes: -1 and 1, whose inner product is dimensions - 2 · Hamming distance, exactly.
  public var codes: LabelledEmbeddings {
    var codes = rows
    for place in codes.values.indices { codes.values[place] = codes.values[place] > 0 ? 1 : -1 }
    return LabelledEmbeddings(rows: codes, labels: labels)
  }
}

extension Algebra {
  /// Ranks the database for every query by inner product, the largest first, of equal ones the lower row first.
  ///
  /// - Parameters:
  ///   - database: nil for the queries themselves, each query then being left out of its own ranking
  ///     (Zhai & Wu 2019, arXiv 1811.12649).
  ///   - depths: the k of Recall@k.
  /// - Returns: nil where no query has a row of its class.
  public func retrieval(
    _ queries: LabelledEmbeddings, in database: LabelledEmbeddings? = nil, depths: [Int]
  ) throws -> RetrievalMetrics? {
    let base = database ?? queries
    let members = Dictionary(grouping: base.labels.indices, by: { base.labels[$0] })
    var totals = Totals(depths: depths)
    // Scores of this many are held at a time.
    let some = max(1, min(256, (1 << 24) / max(base.labels.count, 1)))
    for start in stride(from: 0, to: queries.labels.count, by: some) {
      let part = start..<min(start + some, queries.labels.count)
      let width = queries.rows.columns
      let block = try Matrix(
        rows: part.count, columns: width,
        values: Array(queries.rows.values[part.lowerBound * width..<part.upperBound * width]))
      let scores = try product(block, base.rows, transposed: .right)
      let answers = rankings(scores, part) { query in
        let own = members[queries.labels[query]] ?? []
        return database == nil ? own.filter { $0 != query } : own
      } leavingOut: { database == nil ? $0 : nil }
      for ranks in answers { totals.add(ranks) }
    }
    return totals.metrics
  }

  /// For each query of a block the ranks, from 1, of the rows of its class, rising.
  private func rankings(
    _ scores: Matrix<Float>, _ part: Range<Int>, relevant: (Int) -> [Int], leavingOut: (Int) -> Int?
  ) -> [[Int]] {
    let wanted = part.map(relevant)
    let left = part.map(leavingOut)
    var result = [[Int]](repeating: [], count: part.count)
    result.withUnsafeMutableBufferPointer { result in
      // Threads write elements of their own.
      nonisolated(unsafe) let result = result
      work.split(part.count) { range, _ in
        for query in range {
          result[query] = scores.values.withUnsafeBufferPointer { all in
            let row = UnsafeBufferPointer(rebasing: all[query * scores.columns..<(query + 1) * scores.columns])
            return ranks(of: wanted[query], in: row, leavingOut: left[query])
          }
        }
      }
    }
    return result
  }
}

/// The ranks of some rows among all by score, equal scores in the rows' order. Sorts only those: each of the others stands
/// before a number of them that a binary search tells.
private func ranks(of rows: [Int], in scores: UnsafeBufferPointer<Float>, leavingOut own: Int?) -> [Int] {
  guard !rows.isEmpty else { return [] }
  func precedes(_ a: Int, _ b: Int) -> Bool { scores[a] != scores[b] ? scores[a] > scores[b] : a < b }
  let sorted = rows.sorted(by: precedes)
  // others[i]: how many other rows stand before the i-th and behind the one before it.
  var others = [Int](repeating: 0, count: sorted.count + 1)
  for row in scores.indices where row != own {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(row, sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    // One of the rows themselves comes out one behind its own place.
    if low > 0, sorted[low - 1] == row { continue }
    others[low] += 1
  }
  var before = 0
  return sorted.indices.map { place in
    before += others[place]
    return before + place + 1
  }
}

private struct Totals {
  let depths: [Int]
  var found: [Int]
  var first = 0
  var precision = 0.0
  var queries = 0

  init(depths: [Int]) {
    self.depths = depths
    found = depths.map { _ in 0 }
  }

  mutating func add(_ ranks: [Int]) {
    guard let best = ranks.first else { return }
    queries += 1
    if best == 1 { first += 1 }
    for (place, depth) in depths.enumerated() where best <= depth { found[place] += 1 }
    let sum = ranks.enumerated().reduce(0.0) { $0 + Double($1.offset + 1) / Double($1.element) }
    precision += sum / Double(ranks.count)
  }

  var metrics: RetrievalMetrics? {
    guard queries > 0 else { return nil }
    let all = Double(queries)
    return RetrievalMetrics(
      queries: queries, recall: zip(depths, found).map { (k: $0, value: Double($1) / all) },
      meanAveragePrecision: precision / all, precisionAt1: Double(first) / all)
  }
}
