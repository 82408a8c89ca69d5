import FoundationEssentials
import Testing
import ZooAlgebra
import ZooAnnotate
import ZooArchive
import ZooData

/// What scikit-learn found; made by Tests/Fixtures/make/clusters.py.
private struct Peer {
  let points: Matrix<Double>
  let expected: JSONObject

  init() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/clusters/").path
    let array = try NpyArray.read(folder + "/points.npy")
    points = try Matrix(rows: array.shape[0], columns: array.shape[1], values: array.floats().map(Double.init))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + "/expected.json")))
    guard case .object(let object) = try JSONValue(parsing: bytes, file: "expected.json") else {
      throw AnnotateError.settings("expected.json")
    }
    expected = object
  }

  func number(_ key: String) -> Double {
    if case .double(let value) = expected[key] { value } else { .nan }
  }

  func numbers(_ key: String) -> [Int] {
    guard case .array(let values) = expected[key] else { return [] }
    return values.map { if case .int(let value) = $0 { Int(value) } else { -1 } }
  }
}

@Suite struct ClusteringTests {
  let algebra = Result { try Algebra() }

  @Test func inertiaIsWithinOnePercentOfScikitLearns() throws {
    let (peer, algebra) = (try Peer(), try algebra.get())
    let lloyd = try kMeans(peer.points, options: KMeansOptions(clusters: 12, restarts: 10), algebra: algebra)
    #expect(lloyd.inertia <= 1.01 * peer.number("inertia"))
    #expect(lloyd.inertia >= 0.97 * peer.number("inertia"))
    let batches = try kMeans(
      peer.points, options: KMeansOptions(clusters: 12, restarts: 10, iterations: 100, batch: 100), algebra: algebra)
    #expect(batches.inertia <= 1.01 * peer.number("mini-batch-inertia"))
    #expect(batches.inertia >= lloyd.inertia)
    #expect(batches != lloyd)
  }

  @Test(arguments: [nil, 64])
  func clustersDoNotDependOnThreads(batch: Int?) throws {
    let points = try Peer().points
    var options = KMeansOptions(clusters: 20, restarts: 2, iterations: 30, batch: batch, seed: 3)
    let one = try kMeans(points, options: options, algebra: Algebra(threads: 1))
    #expect(try kMeans(points, options: options, algebra: Algebra(threads: 4)) == one)
    options.seed = 4
    #expect(try kMeans(points, options: options, algebra: Algebra(threads: 1)) != one)
  }

  @Test func everyPointIsInItsNearestClusterAndNoClusterIsEmpty() throws {
    // Many points in few places: seeding must not take a place twice, and centres without points must find some.
    var values: [Double] = []
    for place in 0..<60 { values += [Double(place % 5), Double(place % 5) * 2] }
    let points = try Matrix(rows: 60, columns: 2, values: values)
    let result = try kMeans(points, options: KMeansOptions(clusters: 5), algebra: try algebra.get())
    #expect(Set(result.clusterOf).count == 5)
    #expect(result.inertia < 1e-9)
    for place in 0..<60 { #expect(result.clusterOf[place] == result.clusterOf[place % 5]) }
    #expect(throws: AnnotateError.settings("61 clusters of 60 points")) {
      try kMeans(points, options: KMeansOptions(clusters: 61), algebra: try algebra.get())
    }
  }

  @Test(arguments: Linkage.allCases)
  func agglomerationAgreesWithScikitLearn(_ linkage: Linkage) throws {
    let peer = try Peer()
    let tree = try agglomerate(peer.points, linkage: linkage, algebra: try algebra.get())
    #expect(tree.steps.count == 399)
    #expect(zip(tree.steps, tree.steps.dropFirst()).allSatisfy { $0.height <= $1.height })
    #expect(tree.steps.last?.size == 400)
    let own = tree.clusters(10).map(Int.init)
    #expect(Set(own).count == 10)
    let quality = ClusterQuality(clusters: own, classes: peer.numbers(linkage.rawValue))
    #expect(quality.purity == 1)
    #expect(quality.inversePurity == 1)
    #expect(Set(tree.clusters(1)) == [0])
    #expect(tree.clusters(400) == (0..<400).map(Int32.init))
  }

  @Test func informationIsPositiveAndOfPairsThatMeetMoreThanByChance() throws {
    // Term 0 meets only context 0, term 1 both as chance would have it.
    let counts = try SparseMatrix(
      rows: 2, columns: 2, entries: [.init(0, 0, 8), .init(1, 0, 4), .init(1, 1, 4)])
    let plain = try positiveMutualInformation(counts, smoothing: 1)
    // log(8 · 16 / (8 · 12)), and log(4 · 16 / (8 · 4)).
    #expect(plain.dense.values.map { ($0 * 1e12).rounded() } == [287_682_072_452, 0, 0, 693_147_180_560])
    let shifted = try positiveMutualInformation(counts, smoothing: 1, shift: 1.5)
    #expect(shifted.values.count == 1)
  }

  @Test func qualityIsWhatItsDefinitionsSay() {
    let same = ClusterQuality(clusters: [5, 5, 2, 2], classes: [0, 0, 1, 1])
    #expect(same.purity == 1 && same.adjustedRand == 1 && same.pairF1 == 1)
    #expect(abs(same.normalizedMutualInformation - 1) < 1e-12)
    let split = ClusterQuality(clusters: [0, 0, 0, 1, 1, 1], classes: [0, 0, 1, 1, 1, 1])
    #expect(split.purity == 5.0 / 6)
    #expect(split.inversePurity == 5.0 / 6)
    #expect(split.pairPrecision == 4.0 / 6)
    #expect(split.pairRecall == 4.0 / 7)
    // scikit-learn's adjusted_rand_score and normalized_mutual_info_score.
    #expect(abs(split.adjustedRand - 0.32432432432432434) < 1e-12)
    #expect(abs(split.normalizedMutualInformation - 0.47870397138568) < 1e-12)
    let weighted = ClusterQuality(clusters: [0, 0], classes: [0, 1], weights: [3, 1])
    #expect(weighted.purity == 0.75)
  }
}
