import ZooData
import ZooEngine
import ZooTrain

/// What a model says of some images that follow one another in a data set.
public struct FeatureRows: Sendable {
  /// The first one's index in the data set.
  public let start: Int
  /// [count, width], row-major. A row of an image that could not be read, and is passed over, is NaN.
  public let values: [Float]
  public let names: [String]
  public var count: Int { names.count }
}

/// Runs a trunk over images and hands out one of its named activations, batch by batch: memory holds a few batches,
/// however many images there are.
public final class FeaturePass {
  /// The activation (`pooled`, `block07`, …) or a head's output (`HEAD.OUTPUT`).
  public let output: String
  /// Numbers for each image; an activation of several axes is flattened.
  public let width: Int
  /// Images computed at once.
  public let batch: Int
  public let model: Model
  let engine: Engine
  private let inference: Inference

  /// - Parameter batch: images at a time; a data set that has fewer leaves the rest empty.
  /// - Throws: `TrainError.unknownName` for an output that the model has not.
  public init(_ model: Model, output: String = "pooled", engine: Engine, batch: Int = 16) throws {
    (self.model, self.output, self.engine, self.batch) = (model, output, engine, max(batch, 1))
    inference = try Inference(model, engine: engine, batch: max(batch, 1), only: output)
    width = inference.width(of: output)
  }

  /// - Parameters:
  ///   - start: the first image to compute; those before it are passed over unread.
  ///   - each: receives the rows in the data set's order.
  public func run(
    over dataset: any Dataset, transform: Transform, from start: Int = 0, each: (FeatureRows) throws -> Void
  ) throws {
    guard start < dataset.count else { return }
    let wanted = start > 0 ? try dataset.subset(Array(start..<dataset.count)) : dataset
    let maker = try BatchMaker(
      dataset: wanted, transform: transform, batchSize: min(batch, wanted.count), seed: 0, phase: .evaluate)
    let loader = try Loader(maker, threads: 2, prefetch: 2)
    defer { loader.cancel() }
    while let batch = try loader.next() {
      try inference.run(batch.images)
      var values = try inference.output(output, count: batch.count).values
      for row in 0..<batch.count where batch.unread[row] {
        for place in row * width..<(row + 1) * width { values[place] = .nan }
      }
      try each(FeatureRows(start: start + batch.positions.lowerBound, values: values, names: batch.names))
    }
  }
}
