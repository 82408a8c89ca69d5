import ArgumentParser
import ZooArchive
import ZooEvaluate
import ZooReport
import ZooTrain

struct KNN: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knn", abstract: "Classify test images by the nearest training images, by their features.")

  @Argument(help: "A model's name in the store, or an archive.")
  var model: String
  @OptionGroup var probe: ProbeData
  @Option(name: .customShort("k"), help: "Neighbours that vote.")
  var neighbours = 20
  @Option(help: "What is near: cosine or euclidean.")
  var metric = NeighbourClassifier.Metric.cosine
  @Option(
    help: ArgumentHelp(
      "A vote weighs exp(likeness / temperature); 0 for equal votes (default: 0.07 with cosine, 0 with euclidean).",
      valueName: "t"))
  var temperature: Double?
  @Flag(help: "Machine-readable.")
  var json = false
  @OptionGroup var features: FeatureOptions
  @OptionGroup var compute: EngineOptions
  @OptionGroup var shared: SharedOptions

  func validate() throws {
    guard neighbours > 0 else { throw ValidationError("-k must be at least 1") }
    guard temperature.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--temperature must be at least 0")
    }
  }

  func run() throws {
    try reporting {
      let data = try ProbeFeatures(try shared.open(model), probe, features, compute, try shared.store())
      let classifier = try NeighbourClassifier(
        data.train, count: neighbours, metric: metric, temperature: temperature)
      let accuracy = try classifier.accuracy(data.test, data.algebra) ?? 0
      if json {
        let value: JSONValue = [
          "top-1": .double(accuracy), "images": .int(Int64(data.test.count)),
          "training_images": .int(Int64(data.train.count)), "k": .int(Int64(classifier.count)),
          "metric": .string(metric.rawValue), "temperature": .double(classifier.temperature),
          "activation": .string(features.activation), "shuffled_labels": .bool(probe.shuffleLabels),
        ]
        return print(value.compact())
      }
      print("top-1   \(fixed(accuracy * 100, 2)) %")
      print("images  \(grouped(data.test.count)), by \(classifier.count) of \(grouped(data.train.count)) neighbours")
    }
  }
}

extension NeighbourClassifier.Metric: ExpressibleByArgument {}
