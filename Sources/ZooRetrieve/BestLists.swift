import CZooKernels

/// A list of the best rows for each query and thread, as the kernels fill them.
final class BestLists {
  private let threads: Int
  private let queries: Int
  private let k: Int
  private let counts: UnsafeMutablePointer<Int64>
  private let scores: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Int64>
  private let floors: UnsafeMutablePointer<Float>

  /// - Parameter floor: only scores above it enter.
  init(threads: Int, queries: Int, k: Int, floor: Float) {
    (self.threads, self.queries, self.k) = (threads, queries, k)
    let lists = threads * queries
    (counts, floors) = (.allocate(capacity: lists), .allocate(capacity: lists))
    (scores, rows) = (.allocate(capacity: lists * k), .allocate(capacity: lists * k))
    counts.initialize(repeating: 0, count: lists)
    floors.initialize(repeating: floor, count: lists)
  }

  deinit {
    counts.deallocate()
    floors.deallocate()
    scores.deallocate()
    rows.deallocate()
  }

  /// One thread's lists.
  subscript(thread: Int) -> zoo_best {
    zoo_best(
      k: Int64(k), counts: counts + thread * queries, scores: scores + thread * queries * k,
      rows: rows + thread * queries * k, floors: floors + thread * queries)
  }

  /// The best of all threads for each query, the best first.
  func merged() -> [[Neighbour]] {
    for thread in 0..<threads {
      var best = self[thread]
      zoo_best_sort(&best, Int64(queries))
    }
    return (0..<queries).map { query in
      var places = [Int](repeating: 0, count: threads)
      var result: [Neighbour] = []
      result.reserveCapacity(k)
      while result.count < k {
        var (chosen, best) = (-1, Neighbour(row: 0, score: 0))
        for thread in 0..<threads where places[thread] < counts[thread * queries + query] {
          let at = (thread * queries + query) * k + places[thread]
          let candidate = Neighbour(row: Int(rows[at]), score: scores[at])
          if chosen < 0 || candidate.score > best.score
            || (candidate.score == best.score && candidate.row < best.row)
          {
            (chosen, best) = (thread, candidate)
          }
        }
        guard chosen >= 0 else { break }
        places[chosen] += 1
        // A distance of 0 is negated too.
        result.append(Neighbour(row: best.row, score: best.score == 0 ? 0 : best.score))
      }
      return result
    }
  }
}
