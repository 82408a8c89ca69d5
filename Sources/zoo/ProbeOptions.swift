import ArgumentParser
import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

/// The data that a classifier over features learns from and is measured on.
struct ProbeData: ParsableArguments {
  @Option(help: ArgumentHelp("What is learnt from. \(dataHelp.abstract)", valueName: "data"))
  var data: String
  @Option(
    help: ArgumentHelp(
      "What is measured on (default: a fifth of each class of --data, which is then not learnt from).",
      valueName: "data"))
  var test: String?
  @Flag(help: "Deal out the training labels anew: what is more than chance then is not honest.")
  var shuffleLabels = false

  /// The two sets, the test's labels in the training set's order.
  func open() throws -> (train: TaskData, test: TaskData) { try openTrainAndTest(data, test) }
}

/// Training and test data as commands name them, the test's labels matched by name to the training set's.
func openTrainAndTest(_ data: String, _ test: String?) throws -> (train: TaskData, test: TaskData) {
  let all = try TaskData(try DataSource(spec: data), target: "class")
  guard let test else {
    return (
      all.replacing(try all.dataset.split(fraction: 0.8, part: .train, seed: 0)),
      all.replacing(try all.dataset.split(fraction: 0.8, part: .validation, seed: 0))
    )
  }
  let names = all.dataset.classes
  let labels: ModelHead.Labels = names.isEmpty ? .count(max(all.dataset.classCount, 1)) : .names(names)
  return (all, try TaskData(try DataSource(spec: test), labels: labels))
}

/// Features of training and test data, with what they were made by.
struct ProbeFeatures {
  let train: LabelledRows
  let test: LabelledRows
  let algebra: Algebra

  init(
    _ model: Model, _ probe: ProbeData, _ features: FeatureOptions, _ compute: EngineOptions, _ store: Store
  ) throws {
    let (train, test) = try probe.open()
    let engine = try compute.open()
    let pass = try features.pass(model, engine: engine)
    let known = try features.rows(pass, train.dataset, of: train, "training", store: store)
    let asked = try features.rows(pass, test.dataset, of: test, "test", store: store)
    let learnt: any Dataset = probe.shuffleLabels ? try train.dataset.shufflingLabels(seed: 0) : train.dataset
    self.train = LabelledRows(known, learnt)
    self.test = LabelledRows(asked, test.dataset)
    guard self.test.count > 0 else { throw EvaluateError.nothingToMeasure }
    algebra = try Algebra(threads: compute.threads)
  }
}
