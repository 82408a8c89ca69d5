import CZooKernels

/// For each of some points the nearest of some centres.
public struct NearestRows: Sendable, Equatable {
  /// The centre's row; of those equally near the first.
  public let indices: [Int32]
  /// Squared Euclidean distance, never below 0.
  public let squaredDistances: [Double]
}

extension Algebra {
  /// Points are taken in blocks of this many whatever the number of threads, so that the bits do not depend on it.
  private static let nearestBlock = 256

  /// - Throws: where rows have different lengths or there is no centre.
  public func nearestRows(of points: Matrix<Double>, in centres: Matrix<Double>) throws(AlgebraError) -> NearestRows {
    guard points.columns == centres.columns, centres.rows > 0 else {
      throw .shape("the nearest of \(centres.rows) x \(centres.columns) to \(points.rows) x \(points.columns)")
    }
    var indices = [Int32](repeating: 0, count: points.rows)
    var distances = [Double](repeating: 0, count: points.rows)
    indices.withUnsafeMutableBufferPointer { indices in
      distances.withUnsafeMutableBufferPointer { distances in
        nonisolated(unsafe) let (indices, distances) = (indices, distances)
        squaredDistanceBlocks(points, centres) { row, values in
          var (best, least) = (0, Double.infinity)
          for (centre, value) in values.enumerated() where value < least { (best, least) = (centre, value) }
          indices[row] = Int32(truncatingIfNeeded: best)
          distances[row] = least
        }
      }
    }
    return NearestRows(indices: indices, squaredDistances: distances)
  }

  /// Squared Euclidean distances [points, centres].
  public func squaredDistances(
    of points: Matrix<Double>, to centres: Matrix<Double>
  ) throws(AlgebraError) -> Matrix<Double> {
    guard points.columns == centres.columns else {
      throw .shape("distances from \(points.rows) x \(points.columns) to \(centres.rows) x \(centres.columns)")
    }
    var result = Matrix<Double>(rows: points.rows, columns: centres.rows)
    let width = centres.rows
    result.values.withUnsafeMutableBufferPointer { out in
      nonisolated(unsafe) let out = out
      squaredDistanceBlocks(points, centres) { row, values in
        for (centre, value) in values.enumerated() { out[row * width + centre] = value }
      }
    }
    return result
  }

  /// Calls `body` with each point's row and its distances to all centres, from several threads.
  private func squaredDistanceBlocks(
    _ points: Matrix<Double>, _ centres: Matrix<Double>, _ body: (Int, UnsafeBufferPointer<Double>) -> Void
  ) {
    let (size, count, step) = (points.columns, centres.rows, Self.nearestBlock)
    let own = squaredLengths(points)
    let others = squaredLengths(centres)
    let blocks = (points.rows + step - 1) / step
    points.values.withUnsafeBufferPointer { rows in
      centres.values.withUnsafeBufferPointer { centres in
        work.split(blocks) { range, _ in
          let space = UnsafeMutableBufferPointer<Double>.allocate(capacity: step * count)
          defer { space.deallocate() }
          for block in range {
            let first = block * step
            let taken = min(step, own.count - first)
            // Without columns every distance is 0.
            if size > 0, let from = rows.baseAddress, let to = centres.baseAddress, let out = space.baseAddress {
              _ = zoo_blas_dgemm(
                0, 1, Int64(taken), Int64(count), Int64(size), -2, from + first * size, Int64(size), to, Int64(size), 0,
                out, Int64(count))
            } else {
              space.update(repeating: 0)
            }
            for row in 0..<taken {
              for centre in 0..<count {
                let value = space[row * count + centre] + own[first + row] + others[centre]
                space[row * count + centre] = max(value, 0)
              }
              body(first + row, UnsafeBufferPointer(rebasing: space[row * count..<(row + 1) * count]))
            }
          }
        }
      }
    }
  }

  private func squaredLengths(_ matrix: Matrix<Double>) -> [Double] {
    (0..<matrix.rows).map { row in matrix.row(row).reduce(0) { $0 + $1 * $1 } }
  }
}
