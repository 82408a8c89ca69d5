import ArgumentParser
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooTrain

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Measure a model on labelled data.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(
    help: ArgumentHelp(
      "A folder of class folders, a .tar of them, or {format: tensors, x: …, labels: …, classes: …}.", valueName: "data"
    ))
  var data: String
  @Option(help: "Which head (default: the only one).")
  var head: String?
  @Option(help: "Images at a time.")
  var batch = 16
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
      let chosen =
        try head.map { name throws in
          guard let head = model.head(named: name) else {
            throw TrainError.model(
              self.model, "has no head '\(name)'; it has \(model.heads.map(\.name).joined(separator: ", "))")
          }
          return head
        } ?? model.onlyHead()
      let source = try DataSource(spec: data)
      let task = try TaskData(source, labels: chosen.config.labels)
      let transform = try task.evaluationTransform(for: model)
      let engine = try compute.open()
      let inference = try Inference(model, engine: engine, batch: min(batch, task.dataset.count))
      let result = try measure(chosen, on: task.dataset, with: inference, transform: transform)
      if json {
        print(jsonText(result))
        return
      }
      print(result.values.map { "\($0.name) \(valueText($0))" }.joined(separator: "  "))
      let classes = result.classification?.classes ?? []
      let width = classes.map(\.name.count).max() ?? 0
      for item in classes where item.count > 0 && classes.count <= 50 {
        print(
          "  \(padded(item.name, width))  \(padded(fixed(Double(item.correct) / Double(item.count) * 100, 1), 5, right: true)) %  (\(item.correct) of \(item.count))"
        )
      }
    }
  }

  private func jsonText(_ result: HeadResult) -> String {
    var object = JSONObject(result.values.map { (key: $0.name, value: number($0)) })
    object["classes"] = .array(
      (result.classification?.classes ?? []).map {
        ["name": .string($0.name), "images": .int(Int64($0.count)), "correct": .int(Int64($0.correct))]
      })
    return JSONValue.object(object).compact()
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
  @Flag(help: "One JSON object a line.")
  var json = false
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
  }

  func run() throws {
    try reporting {
      let model = try shared.open(model)
      _ = model.heads.isEmpty ? try model.onlyHead() : nil
      let engine = try compute.open()
      try predict(images, with: model, engine: engine, top: top) { prediction in
        if json {
          let answers = prediction.answers.map {
            ["label": .string($0.label), "index": .int(Int64($0.index)), "probability": .double($0.probability)]
              as JSONValue
          }
          var line: JSONObject = [
            "image": .string(prediction.image), "head": .string(prediction.head), "answers": .array(answers),
          ]
          if let decoded = prediction.decoded {
            line["decoded"] = try JSONValue(parsing: decoded, file: "decoder of '\(prediction.head)'")
          }
          print(JSONValue.object(line).compact())
        } else {
          print(prediction.image + (model.heads.count > 1 ? " [\(prediction.head)]" : ""))
          if let decoded = prediction.decoded { print("  \(decoded)") }
          for answer in prediction.answers {
            print("  \(padded(fixed(answer.probability * 100, 1), 5, right: true)) %  \(answer.label)")
          }
        }
      }
    }
  }
}
