import FoundationEssentials
import Testing
import ZooAlgebra
import ZooArchive
import ZooData
import ZooEvaluate

/// Classifiers over features against numpy and scikit-learn on the same numbers (`Fixtures/make/probes.py`).
@Suite struct ProbeTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/probes").path

  private func matrix(_ name: String) throws -> Matrix<Float> {
    let array = try NpyArray.read("\(Self.folder)/\(name).npy")
    return try Matrix(rows: array.shape[0], columns: array.shape[1], values: try array.floats())
  }

  private func labels(_ name: String) throws -> [Int] {
    try NpyArray.read("\(Self.folder)/\(name).npy").int64s().map(Int.init)
  }

  /// The first `count` rows to learn from.
  private func train(_ count: Int) throws -> LabelledRows {
    LabelledRows(try matrix("train"), labels: try labels("labels"), classes: 4, at: Array(0..<count))
  }

  /// The largest difference, as a share of the largest wanted value.
  private func difference(_ got: Matrix<Double>, _ wanted: String, shares: Bool = false) throws -> Double {
    var values = got.values
    if shares {
      for row in 0..<got.rows {
        let sum = got.row(row).reduce(0, +)
        for column in 0..<got.columns { values[row * got.columns + column] /= sum }
      }
    }
    let want = try matrix(wanted).values.map(Double.init)
    guard values.count == want.count else { return .infinity }
    return zip(values, want).reduce(0) { max($0, abs($1.0 - $1.1)) } / (want.map(abs).max() ?? 1)
  }

  @Test(arguments: [("many", 40), ("few", 8)])
  func agreesWithNumpyAndScikitLearn(_ name: String, _ count: Int) throws {
    let (algebra, train, test) = (try Algebra(threads: 1), try train(count), try matrix("test"))
    let ridge = try RidgeClassifier(train, algebra).scores(test, algebra)
    #expect(try difference(ridge, "ridge-\(name)") < 1e-5)
    let probe = try LogisticProbe(train, penalty: 0.01, tolerance: 1e-9, algebra)
    #expect(probe.converged)
    #expect(try difference(try probe.scores(test, algebra), "logistic-\(name)") < 1e-4)
    let cosine = try NeighbourClassifier(train, count: 7).scores(test, algebra)
    #expect(try difference(cosine, "cosine-\(name)", shares: true) < 1e-5)
    let near = try NeighbourClassifier(train, count: 5, metric: .euclidean).scores(test, algebra)
    #expect(try difference(near, "euclidean-\(name)", shares: true) < 1e-6)
    let warm = try NeighbourClassifier(train, count: 5, metric: .euclidean, temperature: 2).scores(test, algebra)
    #expect(try difference(warm, "warm-\(name)", shares: true) < 1e-5)
  }

  @Test func theSweepTakesThePenaltyThatHeldBackRowsLike() throws {
    let algebra = try Algebra(threads: 1)
    let sweep = try ProbeSweep(try train(40), algebra)
    #expect(sweep.held == 8 && sweep.trials.count == ProbeSweep.penalties.count)
    let best = try #require(sweep.trials.map(\.accuracy).max())
    #expect(sweep.trials.contains { $0.penalty == sweep.probe.penalty && $0.accuracy == best })
    // Large penalties leave nothing but the classes' shares.
    #expect(sweep.trials.first.map { $0.loss > 1.2 } == true)
    // One example a class leaves nothing to choose by.
    let one = try ProbeSweep(try train(4), algebra)
    #expect(one.held == 0 && one.trials.isEmpty && one.probe.penalty == ProbeSweep.standard)
  }

  @Test func manyRowsGoInBlocks() throws {
    let (algebra, one) = (try Algebra(threads: 1), try train(40))
    var test = Matrix<Float>(rows: 600, columns: 12)
    let rows = try matrix("test")
    for row in 0..<600 {
      test.values.replaceSubrange(row * 12..<(row + 1) * 12, with: rows.row(row % 30))
    }
    let (few, many) = (
      try NeighbourClassifier(one).answers(rows, algebra), try NeighbourClassifier(one).answers(test, algebra)
    )
    #expect(many == (0..<600).map { few[$0 % 30] })
  }

  @Test func rowsWithoutClassOrPixelsAreLeftOut() throws {
    var features = try matrix("train")
    features.values[2 * 12] = .nan
    var labels = try labels("labels")
    labels[0] = -1
    let rows = LabelledRows(features, labels: labels, classes: 4)
    #expect(rows.count == 38 && rows.indices.prefix(3) == [1, 3, 4])
    #expect(failure { _ = try RidgeClassifier(rows.choosing([]), Algebra(threads: 1)) }.contains("no example"))
  }

  @Test func shuffledLabelsTellNothing() throws {
    let scratch = try Scratch()
    let algebra = try Algebra(threads: 1)
    // Each class has features of its own: easy, and by shuffled labels no easier than chance.
    func data(_ name: String, _ count: Int, _ seed: UInt64) throws -> (TensorDataset, Matrix<Float>) {
      var values = noise(count * 16, seed: seed)
      for place in values.indices where place % 4 == place / 16 % 4 { values[place] += 2 }
      let set = try scratch.tensors(name, labels: (0..<count).map { Int64($0 % 4) }, seed: seed)
      return (set, try Matrix(rows: count, columns: 16, values: values))
    }
    let (train, features) = try data("train", 80, 1)
    let (test, asked) = try data("test", 200, 2)
    let truth = LabelledRows(asked, test)
    let honest = LabelledRows(features, train)
    let shuffled = LabelledRows(features, try train.shufflingLabels(seed: 0))
    #expect((0..<4).allSatisfy { label in shuffled.labels.count { $0 == label } == 20 })
    func check(_ make: (LabelledRows) throws -> any FeatureClassifier) throws {
      #expect(try #require(try make(honest).accuracy(truth, algebra)) > 0.95)
      #expect(try #require(try make(shuffled).accuracy(truth, algebra)) < 0.45)
    }
    try check { try RidgeClassifier($0, algebra) }
    try check { try NeighbourClassifier($0, metric: .euclidean) }
    try check { try LogisticProbe($0, penalty: 0.01, algebra) }
  }
}
