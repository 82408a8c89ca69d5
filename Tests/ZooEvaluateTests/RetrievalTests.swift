import Testing
import ZooAlgebra
import ZooEvaluate

/// Sorts every ranking and counts, query by query.
private func bruteForce(
  _ queries: [[Float]], _ labels: [Int32], _ database: [[Float]]?, _ databaseLabels: [Int32], depths: [Int],
  score: ([Float], [Float]) -> Float
) -> (queries: Int, first: Double, recall: [Double], precision: Double) {
  var (count, first, found, precision) = (0, 0.0, depths.map { _ in 0.0 }, 0.0)
  for (query, row) in queries.enumerated() {
    let base = database ?? queries
    let order = base.indices.filter { database != nil || $0 != query }
      .sorted { (score(row, base[$0]), $1) > (score(row, base[$1]), $0) }
    let right = order.map { (database == nil ? labels : databaseLabels)[$0] == labels[query] }
    guard right.contains(true) else { continue }
    count += 1
    if right[0] { first += 1 }
    for (place, depth) in depths.enumerated() where right.prefix(depth).contains(true) { found[place] += 1 }
    var (hits, sum) = (0.0, 0.0)
    for (rank, isRight) in right.enumerated() where isRight {
      hits += 1
      sum += hits / Double(rank + 1)
    }
    precision += sum / hits
  }
  let all = Double(count)
  return (count, first / all, found.map { $0 / all }, precision / all)
}

@Suite("Retrieval")
struct RetrievalTests {
  private let depths = [1, 2, 4, 8, 100]

  /// Small whole numbers: sums are exact, and many scores tie.
  private func points(_ count: Int, _ seed: Int) -> (rows: [[Float]], labels: [Int32]) {
    var state = UInt64(seed)
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 40)
    }
    let rows = (0..<count).map { _ in (0..<5).map { _ in Float(next() % 7 - 3) } }
    // The last class has one row only.
    return (rows, (0..<count).map { $0 == count - 1 ? 9 : Int32(next() % 4) })
  }

  private func embeddings(_ points: (rows: [[Float]], labels: [Int32])) throws -> LabelledEmbeddings {
    LabelledEmbeddings(
      rows: try Matrix(rows: points.rows.count, columns: 5, values: points.rows.flatMap { $0 }), labels: points.labels)
  }

  @Test(arguments: [true, false])
  func agreesWithBruteForce(_ sameSet: Bool) throws {
    let (asked, other) = (points(61, 1), points(47, 2))
    let algebra = try Algebra(threads: 2)
    let queries = try embeddings(asked)
    let database = sameSet ? nil : try embeddings(other)
    func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    func unequalBits(_ a: [Float], _ b: [Float]) -> Float { -Float(zip(a, b).count { ($0 > 0) != ($1 > 0) }) }
    for (found, score) in [
      (try algebra.retrieval(queries, in: database, depths: depths), dot),
      (try algebra.retrieval(queries.codes, in: database?.codes, depths: depths), unequalBits),
    ] {
      let wanted = bruteForce(
        asked.rows, asked.labels, sameSet ? nil : other.rows, other.labels, depths: depths, score: score)
      let found = try #require(found)
      #expect(found.queries == wanted.queries)
      #expect(found.queries == (sameSet ? 60 : 61))
      #expect(found.precisionAt1 == wanted.first)
      #expect(found.recall.map(\.value) == wanted.recall)
      #expect(abs(found.meanAveragePrecision - wanted.precision) < 1e-12)
    }
  }

  /// By hand: ranks 1 and 3 of 3 give (1/1 + 2/3) / 2; ranks 2 and 3 give (1/2 + 2/3) / 2.
  @Test func averagePrecisionByHand() throws {
    let queries = LabelledEmbeddings(rows: try Matrix(rows: 2, columns: 1, values: [1, -1]), labels: [0, 0])
    let database = LabelledEmbeddings(rows: try Matrix(rows: 3, columns: 1, values: [3, 2, 1]), labels: [0, 1, 0])
    let found = try #require(try Algebra(threads: 1).retrieval(queries, in: database, depths: [1, 2]))
    // The second query ranks the database backwards: 1, 2, 3, so its own class has ranks 1 and 3 too.
    #expect(abs(found.meanAveragePrecision - 5.0 / 6) < 1e-12)
    #expect(found.precisionAt1 == 1)
    let turned = LabelledEmbeddings(rows: try Matrix(rows: 3, columns: 1, values: [2, 3, 1]), labels: [0, 1, 0])
    let one = LabelledEmbeddings(rows: try Matrix(rows: 1, columns: 1, values: [1]), labels: [0])
    let second = try #require(try Algebra(threads: 1).retrieval(one, in: turned, depths: [1, 2]))
    #expect(second.recall.map(\.value) == [0, 1])
    #expect(abs(second.meanAveragePrecision - 7.0 / 12) < 1e-12)
  }

  @Test func nothingOfAClassIsNoAnswer() throws {
    let alone = LabelledEmbeddings(rows: try Matrix(rows: 2, columns: 1, values: [1, 2]), labels: [0, 1])
    #expect(try Algebra(threads: 1).retrieval(alone, depths: [1]) == nil)
  }
}
