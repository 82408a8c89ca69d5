import FoundationEssentials
import Testing
import ZooAlgebra
import ZooArchive

/// What scikit-learn found; made by Tests/Fixtures/make/clusters.py.
private func fixture(_ name: String) -> String {
  let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return tests.appending(path: "Fixtures/clusters/" + name).path
}

private func matrix(_ name: String) throws -> Matrix<Double> {
  let array = try NpyArray.read(fixture(name))
  return try Matrix(rows: array.shape[0], columns: array.shape[1], values: array.floats().map(Double.init))
}

private func sparse(_ dense: Matrix<Double>) throws -> SparseMatrix {
  var entries: [SparseMatrix.Entry] = []
  for row in 0..<dense.rows {
    for column in 0..<dense.columns where dense[row, column] != 0 {
      entries.append(SparseMatrix.Entry(row, column, dense[row, column]))
    }
  }
  return try SparseMatrix(rows: dense.rows, columns: dense.columns, entries: entries)
}

private func distance(_ a: Matrix<Double>, _ b: Matrix<Double>) -> Double {
  zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}

@Suite struct SparseTests {
  let algebra = Result { try Algebra() }

  @Test func entriesOfOnePlaceAddUpInAnyOrder() throws {
    typealias Entry = SparseMatrix.Entry
    let entries = [Entry(2, 1, 5), Entry(0, 3, 1), Entry(0, 0, 2), Entry(2, 1, -4), Entry(0, 3, 7)]
    let a = try SparseMatrix(rows: 3, columns: 4, entries: entries)
    #expect(a.starts == [0, 2, 2, 3])
    #expect(a.columns == [0, 3, 1])
    #expect(a.values == [2, 8, 1])
    #expect(try SparseMatrix(rows: 3, columns: 4, entries: entries.reversed()) == a)
    #expect(a.transposed.transposed == a)
    #expect(a.transposed.dense.values == a.dense.transposed.values)
    #expect(throws: AlgebraError.shape("an element at (3, 0) of 3 x 4")) {
      try SparseMatrix(rows: 3, columns: 4, entries: [Entry(3, 0, 1)])
    }
  }

  @Test func aSparseProductIsTheDenseOne() throws {
    let algebra = try algebra.get()
    let dense = try matrix("sparse.npy")
    let right = try matrix("right.npy")
    let a = try sparse(dense)
    #expect(distance(try algebra.product(a, right), try algebra.product(dense, right)) < 1e-11)
    #expect(throws: AlgebraError.shape("160 x 120 times 160 x 120")) { try algebra.product(a, dense) }
  }

  @Test func theLargestSingularVectorsSpanWhatScikitLearnFinds() throws {
    let algebra = try algebra.get()
    let a = try sparse(try matrix("sparse.npy"))
    let found = try algebra.truncatedSVD(a, rank: 10)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: fixture("expected.json"))))
    guard case .object(let expected) = try JSONValue(parsing: bytes, file: "expected.json"),
      case .array(let values) = expected["singular-values"]
    else { throw AlgebraError.shape("expected.json") }
    for (own, value) in zip(found.values, values) {
      guard case .double(let value) = value else { throw AlgebraError.shape("expected.json") }
      #expect(abs(own - value) < 1e-9 * value)
    }
    // Cosines of the principal angles between the two subspaces are the singular values of V^T · W.
    // The file's are rounded to single precision, and so not quite of length 1.
    let peer = try algebra.orthonormal(matrix("right.npy"))
    let overlap = try algebra.product(found.v, peer, transposed: .left)
    let cosines = try algebra.singularValues(overlap).values
    #expect(cosines.count == 10)
    #expect((cosines.min() ?? 0) > 1 - 1e-12)
  }

  @Test func singularVectorsDoNotDependOnThreads() throws {
    let a = try sparse(try matrix("sparse.npy"))
    let one = try Algebra(threads: 1).truncatedSVD(a, rank: 7)
    let many = try Algebra(threads: 5).truncatedSVD(a, rank: 7)
    #expect(one.u.values == many.u.values)
    #expect(one.v.values == many.v.values)
    #expect(one.values == many.values)
  }

  @Test func aSmallOrThinMatrixHasItsSingularValuesToo() throws {
    let algebra = try algebra.get()
    let a = try SparseMatrix(rows: 3, columns: 2, entries: [.init(0, 0, 3), .init(2, 1, -4)])
    let found = try algebra.truncatedSVD(a, rank: 2)
    #expect(found.values.map { ($0 * 1e9).rounded() } == [4e9, 3e9])
    #expect(throws: AlgebraError.shape("3 singular values of 3 x 2")) { try algebra.truncatedSVD(a, rank: 3) }
    let zeros = try SparseMatrix(rows: 200, columns: 100, entries: [])
    #expect(try algebra.truncatedSVD(zeros, rank: 2).values.allSatisfy { $0 == 0 })
  }

  /// Of a hundred equal singular values any ten vectors are right, and none stay the same.
  @Test func aFlatSpectrumIsAnErrorOnlyWhereItMatters() throws {
    let algebra = try algebra.get()
    let entries = (0..<300).map { SparseMatrix.Entry($0, $0, 1 + 1e-4 * Double($0 % 7)) }
    let a = try SparseMatrix(rows: 300, columns: 300, entries: entries)
    var options = TruncatedSVDOptions(tolerance: 1e-12, restarts: 1)
    #expect(throws: AlgebraError.numerical("10 singular values of 300 x 300 did not converge")) {
      try algebra.truncatedSVD(a, rank: 10, options: options)
    }
    options.mustConverge = false
    let found = try algebra.truncatedSVD(a, rank: 10, options: options)
    #expect(found.values.allSatisfy { $0 > 1 && $0 < 1.0007 })
    let products = try algebra.product(found.v, found.v, transposed: .left)
    #expect((0..<10).allSatisfy { abs(products[$0, $0] - 1) < 1e-12 && ($0 == 0 || abs(products[0, $0]) < 1e-12) })
  }

  @Test func theNearestRowIsTheNearest() throws {
    let points = try matrix("points.npy")
    let centres = try Matrix(rows: 7, columns: 8, values: Array(points.values[80..<136]))
    let one = try Algebra(threads: 1).nearestRows(of: points, in: centres)
    #expect(try Algebra(threads: 3).nearestRows(of: points, in: centres) == one)
    for point in 0..<points.rows {
      let distances = (0..<7).map { centre in
        zip(points.row(point), centres.row(centre)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let least = distances.min() ?? .infinity
      #expect(abs(one.squaredDistances[point] - least) < 1e-9)
      #expect(distances[Int(one.indices[point])] < least + 1e-9)
    }
  }
}
