import Testing
import ZooAlgebra

/// Reproducible values between -1 and 1.
private func noise(_ rows: Int, _ columns: Int, seed: UInt64) throws -> Matrix<Double> {
  var state = seed
  return try Matrix(
    rows: rows, columns: columns,
    values: (0..<rows * columns).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 52) - 1
    })
}

private func distance(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

@Suite struct AlgebraTests {
  let algebra = Result { try Algebra() }

  @Test(arguments: [TransposedOperands(), .left, .right, [.left, .right]])
  func productsAreSumsOfProducts(_ transposed: TransposedOperands) throws {
    let algebra = try algebra.get()
    let (m, k, n) = (37, 19, 23)
    let a = try transposed.contains(.left) ? noise(k, m, seed: 1) : noise(m, k, seed: 1)
    let b = try transposed.contains(.right) ? noise(n, k, seed: 2) : noise(k, n, seed: 2)
    var expected = Matrix<Double>(rows: m, columns: n)
    for i in 0..<m {
      for j in 0..<n {
        for p in 0..<k {
          expected[i, j] += (transposed.contains(.left) ? a[p, i] : a[i, p])
            * (transposed.contains(.right) ? b[j, p] : b[p, j])
        }
      }
    }
    #expect(distance(try algebra.product(a, b, transposed: transposed), expected) < 1e-12)
    let single = try algebra.product(
      Matrix(rows: a.rows, columns: a.columns, values: a.values.map(Float.init)),
      Matrix(rows: b.rows, columns: b.columns, values: b.values.map(Float.init)), transposed: transposed)
    #expect(distance(single.inDouble, expected) < 1e-4)
  }

  @Test func aPositiveSystemIsSolved() throws {
    let algebra = try algebra.get()
    let half = try noise(40, 12, seed: 3)
    let a = try algebra.product(half, half, transposed: .left)
    let x = try noise(12, 5, seed: 4)
    #expect(distance(try algebra.solvePositive(a, algebra.product(a, x)), x) < 1e-9)
    let indefinite = try Matrix<Double>(rows: 2, columns: 2, values: [1, 2, 2, 1])
    #expect(throws: AlgebraError.numerical("the matrix is not positive definite (leading minor 2)")) {
      try algebra.solvePositive(indefinite, Matrix(rows: 2, columns: 1, values: [1, 1]))
    }
  }

  @Test func eigenvectorsDiagonalise() throws {
    let algebra = try algebra.get()
    let half = try noise(9, 9, seed: 5)
    let a = try algebra.product(half, half, transposed: .left)
    let (values, vectors) = try algebra.symmetricEigen(a)
    #expect(values == values.sorted())
    var scaled = vectors
    for i in 0..<9 { for j in 0..<9 { scaled[i, j] *= values[j] } }
    #expect(distance(try algebra.product(a, vectors), scaled) < 1e-10)
  }

  @Test(arguments: [(20, 7), (7, 20), (8, 8)])
  func singularVectorsComposeTheMatrix(_ size: (Int, Int)) throws {
    let algebra = try algebra.get()
    let a = try noise(size.0, size.1, seed: 6)
    let parts = try algebra.singularValues(a)
    #expect(parts.values == parts.values.sorted(by: >))
    var scaled = parts.u
    for i in 0..<scaled.rows { for j in 0..<scaled.columns { scaled[i, j] *= parts.values[j] } }
    #expect(distance(try algebra.product(scaled, parts.v, transposed: .right), a) < 1e-11)
  }

  @Test func aBasisIsOrthonormalAndSpansTheColumns() throws {
    let algebra = try algebra.get()
    let a = try noise(30, 6, seed: 7)
    let q = try algebra.orthonormal(a)
    var unit = Matrix<Double>(rows: 6, columns: 6)
    for i in 0..<6 { unit[i, i] = 1 }
    #expect(distance(try algebra.product(q, q, transposed: .left), unit) < 1e-12)
    let back = try algebra.product(q, algebra.product(q, a, transposed: .left))
    #expect(distance(back, a) < 1e-12)
  }

  @Test func sizesThatDoNotFitAreRefused() throws {
    let algebra = try algebra.get()
    #expect(throws: AlgebraError.shape("3 x 4 times 5 x 2")) {
      try algebra.product(Matrix<Double>(rows: 3, columns: 4), Matrix<Double>(rows: 5, columns: 2))
    }
    #expect(throws: AlgebraError.shape("5 values for 2 x 3")) { try Matrix<Float>(rows: 2, columns: 3, values: [1, 2, 3, 4, 5]) }
  }
}
