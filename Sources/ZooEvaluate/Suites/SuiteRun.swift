import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooHost
import ZooRecipe
import ZooTrain

/// Runs a suite: every task by the same method, from the same model.
public struct SuiteRun {
  public var suite: Suite
  /// The folder that holds a folder for each data set.
  public var root: String
  public var method: SuiteMethod
  /// Names of tasks; nil for all.
  public var only: [String]?
  /// Overrides the suite's number of runs.
  public var runs: Int?
  /// Settings of recipes on top of the suite's.
  public var settings: [String] = []
  /// Whether training labels are dealt out anew: chance is to come out.
  public var shufflesLabels = false
  private let model: Model
  private let reference: String
  private let plugins: Plugins
  private let store: Store
  private let engine: Engine
  private let algebra: Algebra

  /// Features of a data set: a row for each example.
  public typealias FeatureSource = (any Dataset, TaskData, _ name: String) throws -> Matrix<Float>

  /// - Parameter reference: the model's name in the store or its archive, as recipes name it.
  public init(
    _ suite: Suite, root: String, model: Model, reference: String, method: SuiteMethod, plugins: Plugins, store: Store,
    engine: Engine, algebra: Algebra
  ) {
    (self.suite, self.root, self.model, self.reference, self.method) = (suite, root, model, reference, method)
    (self.plugins, self.store, self.engine, self.algebra) = (plugins, store, engine, algebra)
  }

  /// - Parameters:
  ///   - features: for methods that learn from them.
  ///   - each: receives every result as it comes.
  /// - Throws: `TrainError.unknownName` for a task that the suite has not.
  public func run(features: FeatureSource, each: (SuiteResults.TaskResult) -> Void) throws -> SuiteResults {
    var results = SuiteResults(
      suite: suite.name, title: suite.title, model: model.origin.archive?.name ?? reference,
      digest: model.origin.archive?.digest, method: method.rawValue)
    if let unknown = only?.first(where: { name in !suite.tasks.contains { $0.name == name } }) {
      let known = suite.tasks.map(\.name)
      throw TrainError.unknownName(
        "suite '\(suite.name)'",
        "has no task '\(unknown)'; "
          + (suggestion(for: unknown, among: known).map { "did you mean '\($0)'?" }
            ?? "it has \(known.joined(separator: ", "))"))
    }
    for task in suite.tasks {
      if let only, !only.contains(task.name) {
        results.left.append(task.name)
        continue
      }
      do {
        for result in try self.results(task, features) {
          results.results.append(result)
          each(result)
        }
      } catch let problem as SuiteProblem {
        results.absent.append((task.name, task.group, problem.description))
      }
    }
    return results
  }

  private func results(_ task: SuiteTask, _ features: FeatureSource) throws -> [SuiteResults.TaskResult] {
    if task.mapping != nil {
      let (top, five, count) = try measureMapped(task, root: root, model: model, engine: engine)
      return [
        SuiteResults.TaskResult(
          task: task.name, group: task.group, accuracies: [top], topFive: [five], testCount: count)
      ]
    }
    let data = try SuiteData(task, root: root)
    return try task.amounts.map { amount in
      let accuracies =
        method.usesFeatures
        ? try onFeatures(task, data, amount, features) : try fineTuned(task, data, amount)
      var shots: Int?
      if case .perClass(let count) = amount { shots = count }
      return SuiteResults.TaskResult(
        task: task.name, group: task.group, shots: shots, accuracies: accuracies, testCount: data.test.count)
    }
  }

  /// The places in the training data that a run learns from.
  private func places(_ data: SuiteData, _ amount: SuiteTask.Amount, _ run: Int) throws -> [Int] {
    switch amount {
    case .all: Array(0..<data.train.count)
    case .perClass(let count): try data.train.subsetIndices(perClass: count, seed: UInt64(run))
    }
  }

  private func labels(_ part: any Dataset, _ run: Int) throws -> any Dataset {
    shufflesLabels ? try part.shufflingLabels(seed: UInt64(run)) : part
  }

  private func onFeatures(
    _ task: SuiteTask, _ data: SuiteData, _ amount: SuiteTask.Amount, _ features: FeatureSource
  ) throws -> [Double] {
    let taskData = data.taskData(data.train)
    let known = try features(data.train, taskData, "\(task.name) training")
    let truth = LabelledRows(try features(data.test, taskData, "\(task.name) test"), data.test)
    guard truth.count > 0 else { throw EvaluateError.nothingToMeasure }
    // The same rows always give the same classifier.
    let runs = amount == .all && !shufflesLabels ? 1 : self.runs ?? task.runs
    return try (0..<runs).map { run in
      let places = try places(data, amount, run)
      let named = try labels(try data.train.subset(places), run)
      var all = [Int](repeating: -1, count: data.train.count)
      for (index, place) in places.enumerated() { all[place] = named.label(at: index) }
      let rows = LabelledRows(known, labels: all, classes: data.train.classCount, at: places)
      let classifier: any FeatureClassifier
      switch method {
      case .knn: classifier = try NeighbourClassifier(rows)
      case .probe:
        let held = rows.indices.indices.filter { data.held.contains(rows.indices[$0]) }
        classifier = try ProbeSweep(rows, held: held.isEmpty ? nil : held, seed: UInt64(run), algebra).probe
      default: classifier = try RidgeClassifier(rows, algebra)
      }
      return try classifier.accuracy(truth, algebra) ?? 0
    }
  }

  private func fineTuned(_ task: SuiteTask, _ data: SuiteData, _ amount: SuiteTask.Amount) throws -> [Double] {
    let test = data.taskData(data.test)
    func given(_ run: Int) throws -> GivenData {
      let part = try data.train.subset(try places(data, amount, run))
      return GivenData(train: data.taskData(try labels(part, run)), evaluate: test)
    }
    let training = try FewShotTraining(
      .made(method.recipe(model: reference, task: task), name: "\(method.rawValue) on \(task.name)"),
      overrides: task.settings + settings, given: try given(0), plugins: plugins, store: store, engine: engine)
    return try (0..<(runs ?? task.runs)).map { run in
      try training.accuracy(try given(run), settings: ["train.seed=\(run)"])
    }
  }
}
