import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooTrain

/// A task learnt from few examples of each class, by several methods from the same subsets of the training data.
public struct FewShot {
  public let train: TaskData
  public let test: TaskData
  /// Examples of each class.
  public let shots: [Int]
  /// Random subsets for each number of shots; subset i is drawn with the seed i, the smaller ones inside the larger.
  public let subsets: Int
  /// Whether labels of each subset are dealt out anew: then nothing is there to learn, and chance is to come out.
  public let shufflesLabels: Bool
  private let parts: [[[Int]]]
  /// Training examples that any subset has.
  private let needed: [Int]
  private let places: [Int: Int]
  private let algebra: Algebra

  /// - Parameters:
  ///   - shots: nil for those of 1, 5, 10, 25 and 100 that every class has examples for.
  /// - Throws: `DataError` where a class has fewer examples, or there are no classes.
  public init(
    train: TaskData, test: TaskData, shots: [Int]? = nil, subsets: Int = 5, shufflesLabels: Bool = false,
    algebra: Algebra
  ) throws {
    (self.train, self.test, self.subsets, self.shufflesLabels) = (train, test, max(subsets, 1), shufflesLabels)
    self.algebra = algebra
    let least = train.dataset.columns.first?.kind == .classes ? train.dataset.classCounts.min() ?? 0 : 1
    let possible = Self.standardShots.filter { $0 <= least }
    let chosen = shots ?? (possible.isEmpty ? [1] : possible)
    self.shots = chosen
    let count = self.subsets
    let parts = try chosen.map { shots in
      try (0..<count).map { try train.dataset.subsetIndices(perClass: shots, seed: UInt64($0)) }
    }
    self.parts = parts
    let used = Set(parts.joined().joined())
    // A set that is small, or used for the most part, is looked at whole: its features are then there for other uses.
    needed = train.dataset.count <= max(2048, 2 * used.count) ? Array(0..<train.dataset.count) : used.sorted()
    places = Dictionary(needed.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public static let standardShots = [1, 5, 10, 25, 100]

  /// The training examples that features are needed of.
  public func neededTraining() throws -> any Dataset {
    needed.count == train.dataset.count ? train.dataset : try train.dataset.subset(needed)
  }

  /// Methods that learn from features or pixels.
  ///
  /// - Parameters:
  ///   - known: a row for each example of `neededTraining()`.
  ///   - asked: a row for each example of the test data.
  ///   - each: receives accuracies as they come: shots, subset, method, accuracy.
  public func measure(
    _ methods: [FewShotMethod], known: Matrix<Float>, asked: Matrix<Float>,
    each: (Int, Int, FewShotMethod, Double) -> Void
  ) throws -> [FewShotResults.Cell] {
    let truth = LabelledRows(asked, test.dataset)
    guard truth.count > 0 else { throw EvaluateError.nothingToMeasure }
    return try shots.enumerated().flatMap { number, shots in
      var accuracies = [[Double]](repeating: [], count: methods.count)
      for subset in 0..<subsets {
        let (indices, labels) = try self.labels(number, subset)
        var all = [Int](repeating: -1, count: known.rows)
        let own = indices.compactMap { places[$0] }
        for (place, label) in zip(own, labels) { all[place] = label }
        let rows = LabelledRows(known, labels: all, classes: train.dataset.classCount, at: own)
        for (place, method) in methods.enumerated() {
          let value = try classifier(method, rows, subset).accuracy(truth, algebra) ?? 0
          accuracies[place].append(value)
          each(shots, subset, method, value)
        }
      }
      return zip(methods, accuracies).map { FewShotResults.Cell(shots: shots, method: $0, accuracies: $1) }
    }
  }

  private func classifier(
    _ method: FewShotMethod, _ rows: LabelledRows, _ subset: Int
  ) throws -> any FeatureClassifier {
    switch method {
    case .ridge: try RidgeClassifier(rows, algebra)
    case .knn: try NeighbourClassifier(rows)
    case .pixelNeighbour: try NeighbourClassifier(rows, count: 1, metric: .euclidean)
    case .probe, .pixelLogistic, .finetune, .scratch: try ProbeSweep(rows, seed: UInt64(subset), algebra).probe
    }
  }

  /// A method that trains a network.
  ///
  /// - Parameters:
  ///   - grid: settings of which the best are taken for each number of shots: by the right answers on the *test* data
  ///     after training on the first subset, which favours a baseline; with one there is nothing to choose.
  ///   - train: trains on a part of the data with settings and gives the share of right answers.
  public func measure(
    _ method: FewShotMethod, grid: [[String]] = [[]], each: (Int, Int, FewShotMethod, Double) -> Void,
    train: (GivenData, [String]) throws -> Double
  ) throws -> [FewShotResults.Cell] {
    try shots.enumerated().map { number, shots in
      var (settings, known) = (grid.first ?? [], Double?.none)
      if grid.count > 1 {
        for candidate in grid {
          let value = try train(try part(number, 0), candidate)
          if value > known ?? -1 { (settings, known) = (candidate, value) }
        }
      }
      var accuracies: [Double] = []
      for subset in 0..<subsets {
        let value = try subset == 0 && known != nil ? known ?? 0 : train(try part(number, subset), settings)
        accuracies.append(value)
        each(shots, subset, method, value)
      }
      return FewShotResults.Cell(
        shots: shots, method: method, accuracies: accuracies, chosen: grid.count > 1 ? settings : [])
    }
  }

  /// A subset's examples and what they are called.
  private func labels(_ number: Int, _ subset: Int) throws -> (indices: [Int], labels: [Int]) {
    let indices = parts[number][subset]
    let data = try self.data(indices, subset)
    return (indices, (0..<data.count).map { data.label(at: $0) })
  }

  private func data(_ indices: [Int], _ subset: Int) throws -> any Dataset {
    let part = try train.dataset.subset(indices)
    return shufflesLabels ? try part.shufflingLabels(seed: UInt64(subset)) : part
  }

  private func part(_ number: Int, _ subset: Int) throws -> GivenData {
    GivenData(train: train.replacing(try data(parts[number][subset], subset)), evaluate: test)
  }
}

/// Pixels as features: at most 32 pixels square, [images, height · width · 3].
public func pixelRows(_ dataset: any Dataset, of data: TaskData, model: Model) throws -> Matrix<Float> {
  let side = 32
  let transform: Transform
  if data.isNormalised, dataset.count > 0 {
    let size = try dataset.size(at: 0)
    transform = try Transform(steps: [], height: size.height, width: size.width)
  } else {
    let own = try data.evaluationTransform(for: model)
    transform = own.height * own.width <= side * side ? own : try .standard(.evaluate, size: side)
  }
  let maker = try BatchMaker(dataset: dataset, transform: transform, batchSize: 64, seed: 0, phase: .evaluate)
  var values: [Float] = []
  let loader = try Loader(maker, threads: 2, prefetch: 2)
  defer { loader.cancel() }
  while let batch = try loader.next() {
    values += batch.images
    for row in 0..<batch.count where batch.unread[row] {
      values[values.count - (batch.count - row) * transform.valueCount] = .nan
    }
  }
  return try Matrix(rows: dataset.count, columns: transform.valueCount, values: values)
}
