import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

/// A few-shot comparison as the command line asks for it.
struct FewShotRun {
  private let command: FewShotCommand
  private let methods: [FewShotMethod]
  private let shots: [Int]?
  private let grid: [[String]]

  init(_ command: FewShotCommand, _ methods: [FewShotMethod], _ shots: [Int]?, _ grid: [[String]]) {
    (self.command, self.methods, self.shots, self.grid) = (command, methods, shots, grid)
  }

  func results() throws -> FewShotResults {
    let store = try command.shared.store()
    if command.subject.hasSuffix(".yaml") || command.subject.hasSuffix(".yml") {
      let recipe = try Recipe.load(path: command.subject, overrides: command.settings)
      let engine = try command.compute.open(recipe: recipe)
      let training = try FewShotTraining(
        .file(command.subject), overrides: command.settings, plugins: command.shared.plugins(), store: store,
        engine: engine)
      let task = training.prepared.tasks[0]
      guard let test = task.evaluate else { throw EvaluateError.nothingToMeasure }
      return try results(
        training.prepared.model, task.train, test, training: training, task: task.recipe.name, engine, store)
    }
    let (train, test) = try openTrainAndTest(command.data ?? "", command.test)
    let model = try command.shared.open(command.subject)
    let engine = try command.compute.open()
    var training: FewShotTraining?
    if methods.contains(.finetune) || methods.contains(.scratch) {
      let rule = command.rule.flatMap(RuleName.init(rawValue:))
        ?? (model.config.architecture == "bit" ? .bit : .vit)
      training = try FewShotTraining(
        .rule(rule, model: command.subject), overrides: command.settings, given: GivenData(train: train, evaluate: test),
        plugins: command.shared.plugins(), store: store, engine: engine)
    }
    return try results(
      model, train, test, training: training, task: command.data.map(taskName) ?? "", engine, store)
  }

  private func results(
    _ model: Model, _ train: TaskData, _ test: TaskData, training: FewShotTraining?, task: String, _ engine: Engine,
    _ store: Store
  ) throws -> FewShotResults {
    let algebra = try Algebra(threads: command.compute.threads)
    let study = try FewShot(
      train: train, test: test, shots: shots, subsets: command.subsets, shufflesLabels: command.shuffleLabels,
      algebra: algebra)
    var results = FewShotResults(
      task: task, model: model.origin.archive?.name ?? command.subject, digest: model.origin.archive?.digest,
      activation: command.features.activation, classes: train.dataset.classCount, testCount: test.dataset.count,
      subsets: study.subsets, labelsWereShuffled: command.shuffleLabels)
    let needed = try study.neededTraining()
    let onFeatures = methods.filter(\.usesFeatures)
    if !onFeatures.isEmpty {
      let pass = try command.features.pass(model, engine: engine)
      results.cells += try study.measure(
        onFeatures, known: try command.features.rows(pass, needed, of: train, "training", store: store),
        asked: try command.features.rows(pass, test.dataset, of: test, "test", store: store), each: tell)
    }
    if let training, methods.contains(.finetune) {
      results.cells += try study.measure(.finetune, each: tell) { try training.accuracy($0, settings: $1) }
    }
    if let training, methods.contains(.scratch) {
      let fresh = training.freshSettings() + command.scratchSettings
      results.cells += try study.measure(.scratch, grid: grid, each: tell) {
        try training.accuracy($0, settings: fresh + $1)
      }
    }
    let onPixels = methods.filter(\.usesPixels)
    if !onPixels.isEmpty {
      results.cells += try study.measure(
        onPixels, known: try pixelRows(needed, of: train, model: model),
        asked: try pixelRows(test.dataset, of: test, model: model), each: tell)
    }
    return results
  }

  private func tell(_ shots: Int, _ subset: Int, _ method: FewShotMethod, _ accuracy: Double) {
    printError("\(shots) per class, subset \(subset): \(method.title) \(fixed(accuracy * 100, 1)) %")
  }

  /// The last part of the data's path, without its ending.
  private func taskName(_ spec: String) -> String {
    guard !spec.hasPrefix("{") else { return "data" }
    let parts = spec.split(separator: "/").map(String.init)
    let last = parts.last { !["train", "training"].contains($0) } ?? spec
    return last.split(separator: ".").first.map(String.init) ?? last
  }
}
