import CZooKernels

/// A = U · diag(values) · V^T, values falling: u [m, k], v [n, k].
public struct SingularValues: Sendable {
  public let u: Matrix<Double>
  public let values: [Double]
  public let v: Matrix<Double>
}

extension Algebra {
  /// Solves a · x = b for a symmetric positive definite `a` [n, n] by Cholesky's decomposition; `b` is [n, columns].
  ///
  /// - Throws: where `a` is not positive definite.
  public func solvePositive(_ a: Matrix<Double>, _ b: Matrix<Double>) throws(AlgebraError) -> Matrix<Double> {
    guard a.rows == a.columns, b.rows == a.rows else {
      throw .shape("a system of \(a.rows) x \(a.columns) with \(b.rows) right-hand rows")
    }
    // A symmetric matrix is its own transpose; the right-hand side is not.
    var (factor, solution) = (a.values, b.transposed.values)
    let status = work.alone {
      zoo_lapack_solve_positive(Int64(a.rows), Int64(b.columns), &factor, &solution)
    }
    try check(status) { "the matrix is not positive definite (leading minor \($0))" }
    return try Matrix(rows: b.columns, columns: b.rows, values: solution).transposed
  }

  /// Eigenvalues of a symmetric matrix in rising order, and its eigenvectors as columns.
  public func symmetricEigen(
    _ a: Matrix<Double>
  ) throws(AlgebraError) -> (values: [Double], vectors: Matrix<Double>) {
    guard a.rows == a.columns else { throw .shape("eigenvalues of \(a.rows) x \(a.columns)") }
    var (vectors, values) = (a.values, [Double](repeating: 0, count: a.rows))
    let status = work.alone { zoo_lapack_symmetric_eigen(Int64(a.rows), &vectors, &values) }
    try check(status) { "\($0) eigenvalues did not converge" }
    return (values, try Matrix(rows: a.rows, columns: a.rows, values: vectors).transposed)
  }

  /// An orthonormal basis of what the columns of `a` [m, n], m >= n, span: [m, n].
  public func orthonormal(_ a: Matrix<Double>) throws(AlgebraError) -> Matrix<Double> {
    guard a.rows >= a.columns else { throw .shape("an orthonormal basis of \(a.columns) columns in \(a.rows) rows") }
    var basis = a.transposed.values
    let status = work.alone { zoo_lapack_orthonormalise(Int64(a.rows), Int64(a.columns), &basis) }
    try check(status) { "QR decomposition failed (\($0))" }
    return try Matrix(rows: a.columns, columns: a.rows, values: basis).transposed
  }

  /// The thin singular value decomposition of `a` [m, n].
  public func singularValues(_ a: Matrix<Double>) throws(AlgebraError) -> SingularValues {
    let least = min(a.rows, a.columns)
    var work = a.transposed.values
    var (u, values) = ([Double](repeating: 0, count: a.rows * least), [Double](repeating: 0, count: least))
    var vt = [Double](repeating: 0, count: least * a.columns)
    let status = self.work.alone {
      zoo_lapack_singular(Int64(a.rows), Int64(a.columns), &work, &u, &values, &vt)
    }
    try check(status) { "\($0) singular values did not converge" }
    // Column-major [m, k] is row-major [k, m], and column-major [k, n] is row-major [n, k].
    return SingularValues(
      u: try Matrix(rows: least, columns: a.rows, values: u).transposed, values: values,
      v: try Matrix(rows: a.columns, columns: least, values: vt))
  }
}
