import ArgumentParser
import ZooAlgebra
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

/// Which features of images, and where they are kept.
struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The activation of the backbone that is the feature, or a head's output as HEAD.OUTPUT.", valueName: "name"))
  var activation = "pooled"
  @Option(
    help: ArgumentHelp(
      "How images are prepared, as in a recipe: '[resize: {size: 256}, crop: {size: 224}]' (default: as the model's "
        + "archive says).", valueName: "steps"))
  var transform: String?
  @Option(help: ArgumentHelp("Keep features in this folder (default: in the store).", valueName: "folder"))
  var cache: String?
  @Flag(help: "Compute features anew and keep none.")
  var noCache = false
  @Option(help: "Images at a time.")
  var batch = 16

  func validate() throws {
    guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
    guard cache == nil || !noCache else { throw ValidationError("--cache and --no-cache exclude each other") }
  }

  func pass(_ model: Model, engine: Engine) throws -> FeaturePass {
    try FeaturePass(model, output: activation, engine: engine, batch: batch)
  }

  func transform(_ data: TaskData, _ model: Model) throws -> Transform {
    guard let transform else { return try data.evaluationTransform(for: model) }
    return try data.transform(
      try TransformStep.list(transform, option: "--transform"), .evaluate, input: model.config.input)
  }

  /// The features of a data set, with a bar while they are computed.
  /// - Parameter name: of the data set, for people.
  func rows(
    _ pass: FeaturePass, _ dataset: any Dataset, of data: TaskData, _ name: String, store: Store
  ) throws -> Matrix<Float> {
    var progress = CountProgress("features of \(name) images", total: dataset.count)
    defer { progress.close() }
    return try pass.features(of: dataset, transform: try transform(data, pass.model), cache: folder(store)) {
      progress.show($0)
    }.rows
  }

  func folder(_ store: Store) -> CacheFolder? {
    noCache ? nil : cache.map(CacheFolder.init(path:)) ?? store.features
  }
}
