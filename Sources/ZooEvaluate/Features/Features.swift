import ZooAlgebra
import ZooArchive
import ZooData
import ZooTrain

/// A model's features of a data set: one row of numbers for each example, in its order.
public struct Features: Sendable {
  /// [examples, width]; rows of examples that could not be read are NaN.
  public let rows: Matrix<Float>
  /// Whether they were found, not computed.
  public let wereCached: Bool
}

extension FeaturePass {
  /// All features of a data set, from a cache where they are in it.
  ///
  /// - Parameters:
  ///   - cache: where they are looked for and kept; nil to compute them and keep nothing.
  ///   - progress: called after each batch with the number of images seen.
  /// - Throws: `EvaluateError.tooManyFeatures` above 2³² numbers.
  public func features(
    of dataset: any Dataset, transform: Transform, cache: CacheFolder?, progress: (Int) -> Void = { _ in }
  ) throws -> Features {
    let (count, overflow) = dataset.count.multipliedReportingOverflow(by: width)
    guard !overflow, count <= 1 << 32 else {
      throw EvaluateError.tooManyFeatures(images: dataset.count, width: width)
    }
    guard let cache else {
      var values: [Float] = []
      values.reserveCapacity(count)
      try run(over: dataset, transform: transform) {
        values += $0.values
        progress($0.start + $0.count)
      }
      return Features(rows: try Matrix(rows: dataset.count, columns: width, values: values), wereCached: false)
    }
    let facts = try facts(of: dataset, transform: transform)
    if let file = cache.find(facts), file.entry(Self.array)?.shape == [dataset.count, width] {
      return Features(
        rows: try Matrix(rows: dataset.count, columns: width, values: try file.floats(Self.array)), wereCached: true)
    }
    let file = try cache.keep(facts, name: Self.array, shape: [dataset.count, width]) { sink in
      try run(over: dataset, transform: transform) { rows in
        try rows.values.withUnsafeBytes { try sink($0) }
        progress(rows.start + rows.count)
      }
    }
    return Features(
      rows: try Matrix(rows: dataset.count, columns: width, values: try file.floats(Self.array)), wereCached: false)
  }

  private static let array = "features"

  /// Everything that features depend on, as JSON: what a cache knows them by.
  func facts(of dataset: any Dataset, transform: Transform) throws -> String {
    // A head's output depends on the head too.
    let isOfTrunk = !model.heads.contains { output.hasPrefix($0.name + ".") }
    let value: JSONValue = [
      "weights": .string(isOfTrunk ? try model.trunkDigest() : try model.weightDigest()),
      "backbone": .string("\(model.config.architecture) \(model.backbone.component.version)"),
      "options": .string(model.config.options.json()),
      "heads": .array(
        isOfTrunk
          ? [] : model.heads.map { .string("\($0.name) \($0.config.plugin) \($0.config.version) \($0.config.options.json())") }
      ),
      "output": .string(output),
      "data": .string(try dataset.contentDigest()),
      "transform": .string(transform.text),
      "engine": .string("\(engine.version) \(engine.precision.rawValue)"),
      "zoo": .string(zooVersion),
    ]
    return value.compact()
  }
}
