import ArgumentParser
import ZooArchive
import ZooData
import ZooEngine
import ZooEvaluate
import ZooRecipe
import ZooReport
import ZooTrain

struct Quantize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model whose products are computed in int8.",
    discussion: """
      Weights are rounded to int8 with a scale for each output channel; the ranges of what they are multiplied with are \
      measured on images of --data, whose labels are not read. The first product and the heads stay as they are, unless \
      --ends is given. The result is compared with the model on the same data. It runs on every machine, and fast on those \
      with avx512_vnni. It cannot be trained: fine-tune first.
      """)

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @Option(help: dataHelp)
  var data: String
  @Option(help: "Images to measure ranges on, spread evenly over the data.")
  var images = 128
  @Option(help: "How ranges are chosen: all that is seen, all but 1 of 10,000 at each end, or by the least squared error.")
  var range = ModelQuantization.Range.mse
  @Option(
    help: ArgumentHelp(
      "How much of the spread between channels moves from activations behind a norm into the weights, 0 to 1.",
      valueName: "share"))
  var migration = 0.5
  @Option(
    help: ArgumentHelp("Parameters to leave as they are, such as blocks.11.*; may be repeated.", valueName: "pattern"))
  var keep: [String] = []
  @Option(
    help: ArgumentHelp(
      "Leave so many products as they are, those that change the outputs most; each is tried by itself.", valueName: "n"))
  var keepWorst = 0
  @Flag(help: "Quantise the first product and the heads too.")
  var ends = false
  @Option(help: ArgumentHelp("Data to compare on (default: those of --data).", valueName: "data"))
  var test: String?
  @Option(help: "Images to compare on, spread evenly over the data; 0 for no comparison.")
  var testImages = 1000
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var target: ArchiveOutput
  @OptionGroup var golden: GoldenOptions
  @OptionGroup var tags: TagOptions
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard images > 0 else { throw ValidationError("--images must be at least 1") }
    guard keepWorst >= 0 else { throw ValidationError("--keep-worst must be at least 0") }
    guard testImages >= 0 else { throw ValidationError("--test-images must be at least 0") }
    guard (0...1).contains(migration) else { throw ValidationError("--migration must be from 0 to 1") }
    for text in keep where ParameterPattern(text) == nil {
      throw ValidationError("--keep \(text): a name with '*', such as blocks.11.*; 'depth 0..3'; 'head label'; or 'backbone'")
    }
  }

  func run() throws {
    try reporting {
      let output = try target.path()
      let original = try shared.open(model)
      let engine = try compute.open()
      let source = try DataSource(spec: data)
      let task = try TaskData(source)
      let seen = try task.dataset.spread(images)
      var settings = QuantizeSettings()
      (settings.range, settings.migration, settings.ends) = (range, migration, ends)
      settings.keepWorst = keepWorst
      settings.keep = keep.compactMap(ParameterPattern.init)
      let result = try original.quantized(
        settings, on: seen, transform: task.evaluationTransform(for: original), engine: engine)
      try result.model.write(
        to: output, name: modelName(output), tags: tags.tags, createdBy: "zoo quantize",
        golden: try golden.golden { result.model })
      let comparison = try compare(original, result.model, engine, source)
      let sizes = (before: original.weightBytes, after: result.model.weightBytes)
      json
        ? print(jsonText(result, comparison, sizes, output)) : show(result, comparison, sizes, output, seen.count, engine)
    }
  }

  private func compare(
    _ original: Model, _ quantized: Model, _ engine: Engine, _ calibrating: DataSource
  ) throws -> OutputComparison? {
    guard testImages > 0 else { return nil }
    let source = try test.map { try DataSource(spec: $0) } ?? calibrating
    var (task, labelled) = (try TaskData(source), Model.Head?.none)
    // Labels that the model does not have say nothing about it.
    let columns = try TaskData.allColumns(source).columns.map(\.name)
    for head in original.heads where labelled == nil && head.scores != nil {
      if original.heads.count > 1, !columns.contains(head.name) { continue }
      if let known = try? TaskData(source, head: head.config, columns: columns) { (task, labelled) = (known, head) }
    }
    return try OutputComparison(
      original, quantized, on: try task.dataset.spread(testImages),
      transform: try task.evaluationTransform(for: original), engine: engine, batch: 8, labels: labelled)
  }

  private func show(
    _ result: QuantizedResult, _ comparison: OutputComparison?, _ sizes: (before: Int, after: Int), _ output: String,
    _ seen: Int, _ engine: Engine
  ) {
    let count = result.model.config.quantization?.weights.count ?? 0
    print(
      "wrote \(output): \(counted(count, "weight")) in int8, measured on \(counted(seen, "image")); "
        + "weights \(bytesText(sizes.before)) -> \(bytesText(sizes.after))")
    for item in result.left { print("  \(item.name) stays: \(item.reason)") }
    guard let comparison else { return }
    print("beside \(engine.precision.rawValue) on \(counted(comparison.images, "image")):")
    for item in comparison.outputs {
      var parts: [String] = []
      if let accuracy = item.accuracy {
        parts.append(
          "top-1 \(fixed(accuracy.other * 100, 2)) % (was \(fixed(accuracy.reference * 100, 2)) %)")
      }
      if let agreement = item.agreement { parts.append("same answer \(fixed(agreement * 100, 2)) %") }
      parts.append("cosine \(fixed(item.meanCosine, 5)) (least \(fixed(item.leastCosine, 5)))")
      print("  \(item.name): \(parts.joined(separator: ", "))")
    }
  }

  private func jsonText(
    _ result: QuantizedResult, _ comparison: OutputComparison?, _ sizes: (before: Int, after: Int), _ output: String
  ) -> String {
    let names = result.model.config.quantization?.weights ?? []
    var object: JSONObject = [
      "output": .string(output), "weights": .array(names.map(JSONValue.string)),
      "left": .array(result.left.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
      "bytes": ["before": .int(Int64(sizes.before)), "after": .int(Int64(sizes.after))],
    ]
    if let comparison {
      object["images"] = .int(Int64(comparison.images))
      object["outputs"] = .array(
        comparison.outputs.map { item in
          var output: JSONObject = [
            "name": .string(item.name), "cosine": .double(item.meanCosine), "least_cosine": .double(item.leastCosine),
          ]
          if let agreement = item.agreement { output["agreement"] = .double(agreement) }
          if let accuracy = item.accuracy {
            output["top-1"] = .double(accuracy.other)
            output["top-1_before"] = .double(accuracy.reference)
          }
          return .object(output)
        })
    }
    return JSONValue.object(object).compact()
  }
}

extension ModelQuantization.Range: ExpressibleByArgument {}

extension Dataset {
  /// At most so many examples, spread evenly.
  fileprivate func spread(_ most: Int) throws -> any Dataset {
    guard count > most else { return self }
    return try subset((0..<most).map { $0 * count / most })
  }
}
