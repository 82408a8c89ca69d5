import CZooKernels

/// Which operands of a product are taken transposed.
public struct TransposedOperands: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
  public static let left = TransposedOperands(rawValue: 1)
  public static let right = TransposedOperands(rawValue: 2)
}

extension Algebra {
  /// op(a)[m,k] · op(b)[k,n] in single precision.
  public func product(
    _ a: Matrix<Float>, _ b: Matrix<Float>, transposed: TransposedOperands = []
  ) throws(AlgebraError) -> Matrix<Float> {
    try product(a, b, transposed) { size, rows, a, b, c in
      zoo_blas_sgemm(
        size.left, size.right, Int64(rows), Int64(size.n), Int64(size.k), 1, a, Int64(size.leftStride), b,
        Int64(size.rightStride), 0, c, Int64(size.n))
    }
  }

  /// op(a)[m,k] · op(b)[k,n] in double precision.
  public func product(
    _ a: Matrix<Double>, _ b: Matrix<Double>, transposed: TransposedOperands = []
  ) throws(AlgebraError) -> Matrix<Double> {
    try product(a, b, transposed) { size, rows, a, b, c in
      _ = zoo_blas_dgemm(
        size.left, size.right, Int64(rows), Int64(size.n), Int64(size.k), 1, a, Int64(size.leftStride), b,
        Int64(size.rightStride), 0, c, Int64(size.n))
    }
  }

  /// - Parameter multiply: `rows` rows of the result, each thread its own.
  private func product<Element: BinaryFloatingPoint & Sendable>(
    _ a: Matrix<Element>, _ b: Matrix<Element>, _ transposed: TransposedOperands,
    _ multiply: (
      _ size: ProductSize, _ rows: Int, _ a: UnsafePointer<Element>, _ b: UnsafePointer<Element>,
      _ c: UnsafeMutablePointer<Element>
    ) -> Void
  ) throws(AlgebraError) -> Matrix<Element> {
    let size = try ProductSize(a.rows, a.columns, b.rows, b.columns, transposed)
    var result = Matrix<Element>(rows: size.m, columns: size.n)
    a.values.withUnsafeBufferPointer { a in
      b.values.withUnsafeBufferPointer { b in
        result.values.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          work.split(size.m, minimum: 8) { rows, _ in
            multiply(size, rows.count, a + rows.lowerBound * size.leftStep, b, c + rows.lowerBound * size.n)
          }
        }
      }
    }
    return result
  }
}

/// The sizes of one product as BLAS wants them.
private struct ProductSize {
  let m: Int
  let n: Int
  let k: Int
  let left: Int32
  let right: Int32
  /// From one row of the result to the next, in elements of the left operand.
  let leftStep: Int
  let leftStride: Int
  let rightStride: Int

  init(
    _ aRows: Int, _ aColumns: Int, _ bRows: Int, _ bColumns: Int, _ transposed: TransposedOperands
  ) throws(AlgebraError) {
    let (leftT, rightT) = (transposed.contains(.left), transposed.contains(.right))
    (m, k) = leftT ? (aColumns, aRows) : (aRows, aColumns)
    n = rightT ? bRows : bColumns
    let inner = rightT ? bColumns : bRows
    guard inner == k else { throw .shape("\(m) x \(k) times \(inner) x \(n)") }
    guard max(m, n, k, aColumns, bColumns) <= Int(Int32.max) else {
      throw .shape("\(m) x \(k) times \(k) x \(n) is larger than BLAS takes")
    }
    (left, right) = (leftT ? 1 : 0, rightT ? 1 : 0)
    leftStep = leftT ? 1 : aColumns
    (leftStride, rightStride) = (max(aColumns, 1), max(bColumns, 1))
  }
}
