import ArgumentParser
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model on labelled data.",
    discussion: """
      With --retrieval: how well the nearest images by the model's embedding have a query's class, by cosine and by one-bit \
      codes. Queries are searched for in --database, or among themselves, each without itself.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(
    help: dataHelp)
  var data: String
  @Option(help: "Which head (default: the only one, or all that the data has labels for).")
  var head: String?
  @Option(help: "Images at a time.")
  var batch = 16
  @OptionGroup var retrieval: RetrievalOptions
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard batch > 0 else { throw ValidationError("--batch must be at least 1") }
  }

  func run() throws {
    try reporting {
      let model = try shared.open(model)
      if retrieval.isWanted {
        let report = try retrieval.measure(
          model, data: data, head: head, batch: batch, engine: try compute.open(), cache: try shared.store().features)
        return json ? print(RetrievalText.json(report).compact()) : print(RetrievalText.text(report), terminator: "")
      }
      let source = try DataSource(spec: data)
      let columns = try TaskData.allColumns(source).columns.map(\.name)
      let tasks = try chosenHeads(of: model, columns).map { head in
        (head: head, data: try TaskData(source, head: head.config, columns: columns))
      }
      let groups = TaskGroup.groups(of: tasks.map(\.data.dataset))
      let engine = try compute.open()
      var results: [HeadResult] = []
      for group in groups {
        let transform = try tasks[group.tasks[0]].data.evaluationTransform(for: model)
        let inference = try Inference(model, engine: engine, batch: min(batch, group.dataset.count))
        let heads = group.tasks.enumerated().map { (head: tasks[$1].head, column: $0) }
        results += try measure(heads, on: group.dataset, with: inference, transform: transform)
      }
      if json {
        let objects = results.map { EvaluationText.json($0) }
        print((results.count == 1 ? .object(objects[0]) : JSONValue.array(objects.map(JSONValue.object))).compact())
      } else {
        for result in results { print(EvaluationText.text(result, named: results.count > 1), terminator: "") }
      }
    }
  }

  /// The head that is named, the only one, or those that the data has a column of labels for.
  private func chosenHeads(of model: Model, _ columns: [String]) throws -> [Model.Head] {
    if let head {
      guard let found = model.head(named: head) else {
        throw TrainError.unknownName(
          self.model, "has no head '\(head)'; it has \(model.heads.map(\.name).joined(separator: ", "))")
      }
      return [found]
    }
    let found = model.heads.count > 1 ? model.heads.filter { columns.contains($0.name) } : []
    return found.isEmpty ? [try model.onlyHead()] : found
  }
}

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Classify images.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Argument(help: ArgumentHelp("JPEG or PNG files.", valueName: "image"))
  var images: [String]
  @Option(help: "Answers for each image.")
  var top = 5
  @Option(
    help: ArgumentHelp(
      """
      Where products read weights: mapped from the file, in memory that processes share, or packed, a copy that is faster \
      for many images (default: mapped for at most 8 images with a model in the store).
      """,
      valueName: "mapped|packed"))
  var weights: WeightPlace?
  @Flag(help: "One JSON object a line.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
  }

  func run() throws {
    try reporting {
      let model = try shared.open(model, mapped: weights == .mapped)
      _ = model.heads.isEmpty ? try model.onlyHead() : nil
      let engine = try compute.open()
      try predict(images, with: model, engine: engine, top: top, packs: weights.map { $0 == .packed }) { prediction in
        if json {
          print(JSONValue.object(try PredictionText.json(prediction)).compact())
        } else {
          print(PredictionText.text(prediction, named: model.heads.count > 1), terminator: "")
        }
      }
    }
  }
}

/// Where inference reads the weights of products.
enum WeightPlace: String, ExpressibleByArgument {
  case mapped, packed
}
