/// How the largest singular values of a sparse matrix are looked for.
public struct TruncatedSVDOptions: Sendable, Equatable {
  /// Directions beyond those asked for.
  public var oversampling: Int
  /// Products with A·A^T that a Krylov block is made of, between two restarts.
  public var depth: Int
  /// The iteration ends when every residual ‖A·v - σ·u‖ and ‖A^T·u - σ·v‖ is at most this share of the largest σ.
  public var tolerance: Double
  public var restarts: Int
  /// Whether falling short of the tolerance is an error. Directions whose singular values are nearly equal turn into each
  /// other at will, and converge slowly for it: who wants any basis of them takes what the restarts have found.
  public var mustConverge: Bool
  public var seed: UInt64

  public init(
    oversampling: Int = 10, depth: Int = 2, tolerance: Double = 1e-8, restarts: Int = 60, mustConverge: Bool = true,
    seed: UInt64 = 0
  ) {
    (self.oversampling, self.depth, self.tolerance) = (oversampling, depth, tolerance)
    (self.restarts, self.mustConverge, self.seed) = (restarts, mustConverge, seed)
  }
}

extension Algebra {
  /// The `rank` largest singular values of a sparse matrix and their vectors, by a randomised block Krylov method (Musco and
  /// Musco, "Randomized block Krylov methods for stronger and faster approximate singular value decomposition", 2015),
  /// begun again from its best directions until the residuals are small.
  ///
  /// The result is a function of the matrix and the options: neither the number of threads nor the order of entries matters.
  /// Of each pair of vectors the element of v that is largest is positive.
  ///
  /// - Throws: where `rank` is larger than a side or the iteration does not converge.
  public func truncatedSVD(
    _ a: SparseMatrix, rank: Int, options: TruncatedSVDOptions = TruncatedSVDOptions()
  ) throws(AlgebraError) -> SingularValues {
    let least = min(a.rows, a.columnCount)
    guard (1...max(least, 1)).contains(rank), least > 0 else {
      throw .shape("\(rank) singular values of \(a.rows) x \(a.columnCount)")
    }
    // Products that are split by threads could differ in their last bits; these are small.
    let alone = try Algebra(threads: 1)
    let block = min(rank + max(options.oversampling, 0), least)
    let depth = max(options.depth, 1)
    if block * (depth + 1) >= least { return try small(a, rank: rank, alone) }

    let transposed = a.transposed
    var left = try product(a, signs(a.columnCount, block, seed: options.seed))
    for restart in 1...max(options.restarts, 1) {
      var blocks = [try alone.orthonormal(left)]
      for _ in 0..<depth {
        // Made orthonormal at each step: powers of A·A^T alone would all turn to the largest direction.
        let next = try product(a, product(transposed, blocks[blocks.count - 1]))
        blocks.append(try alone.orthonormal(next))
      }
      let basis = try alone.orthonormal(beside(blocks))
      // With A = Q·B, B^T = A^T·Q is tall: its decomposition gives A's.
      let parts = try alone.singularValues(product(transposed, basis))
      let vectors = try alone.product(basis, parts.v.firstColumns(block))
      let found = SingularValues(
        u: vectors.firstColumns(rank), values: Array(parts.values.prefix(rank)), v: parts.u.firstColumns(rank))
      let isLast = restart >= options.restarts && !options.mustConverge
      if isLast { return signed(found) }
      if try residual(a, found) <= options.tolerance { return signed(found) }
      left = vectors
    }
    throw .numerical("\(rank) singular values of \(a.rows) x \(a.columnCount) did not converge")
  }

  /// For a matrix about as small as the basis would be.
  private func small(_ a: SparseMatrix, rank: Int, _ alone: Algebra) throws(AlgebraError) -> SingularValues {
    let all = try alone.singularValues(a.dense)
    return signed(
      SingularValues(
        u: all.u.firstColumns(rank), values: Array(all.values.prefix(rank)), v: all.v.firstColumns(rank)))
  }

  /// Largest ‖A·v - σ·u‖ relative to the largest σ; that of A^T·u is zero but for rounding, for v and σ come from it.
  private func residual(_ a: SparseMatrix, _ found: SingularValues) throws(AlgebraError) -> Double {
    let image = try product(a, found.v)
    var squares = [Double](repeating: 0, count: found.values.count)
    for row in 0..<image.rows {
      for column in squares.indices {
        let rest = image[row, column] - found.values[column] * found.u[row, column]
        squares[column] += rest * rest
      }
    }
    guard let largest = found.values.first, largest > 0 else { return 0 }
    return (squares.max() ?? 0).squareRoot() / largest
  }

  private func signed(_ parts: SingularValues) -> SingularValues {
    var (u, v) = (parts.u, parts.v)
    for column in 0..<v.columns {
      var largest = 0.0
      for row in 0..<v.rows where abs(v[row, column]) > abs(largest) { largest = v[row, column] }
      guard largest < 0 else { continue }
      for row in 0..<v.rows { v[row, column].negate() }
      for row in 0..<u.rows { u[row, column].negate() }
    }
    return SingularValues(u: u, values: parts.values, v: v)
  }

  private func beside(_ blocks: [Matrix<Double>]) -> Matrix<Double> {
    var result = Matrix<Double>(rows: blocks[0].rows, columns: blocks.reduce(0) { $0 + $1.columns })
    for row in 0..<result.rows {
      var at = row * result.columns
      for block in blocks {
        for value in block.row(row) {
          result.values[at] = value
          at += 1
        }
      }
    }
    return result
  }

  /// Random signs: as good a beginning as normal numbers, and exact everywhere (SplitMix64 of seed and place).
  private func signs(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Double> {
    var result = Matrix<Double>(rows: rows, columns: columns)
    for place in result.values.indices {
      var z = seed &+ UInt64(place + 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      result.values[place] = (z ^ z >> 31) >> 63 == 0 ? 1 : -1
    }
    return result
  }
}
