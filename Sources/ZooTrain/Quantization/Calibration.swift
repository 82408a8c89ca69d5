import ZooData
import ZooEngine
import ZooGraph
import ZooRecipe

/// What a float model's products multiply, measured over some images.
///
/// Images pass twice: first the size of each channel is measured, from which follows what may move into the weights; then
/// the distribution of what remains.
final class Calibration {
  /// Of one value that products read.
  struct Measured {
    /// The largest magnitude and the mean of each channel (last dimension).
    var largest: [Float]
    var sums: [Double]
    var rows = 0
    var histogram = ActivationHistogram()

    var means: [Float] { sums.map { rows > 0 ? Float($0 / Double(rows)) : 0 } }
  }

  /// By the value's number in the graph.
  private(set) var measured: [Value: Measured] = [:]
  /// Weights as they are multiplied, row-major, where that is not how the store has them.
  private(set) var standardised: [Value: [Float]] = [:]
  let images: Int
  /// The first images, as many as are computed at a time.
  private(set) var sample: (images: [Float], count: Int) = ([], 0)

  private let program: Program
  private let batch: Int
  private let imageCount: Int
  private let inputs: [Value]

  /// Bytes of activations that are kept for measuring at a time.
  private static let room = 256 << 20

  /// - Parameters:
  ///   - graph: of the float model, as its backbone and heads build it.
  ///   - weights: of the products to be measured.
  init(
    _ model: Model, _ graph: ModelGraph, weights: [QuantizableWeight], engine: Engine, images: Int
  ) throws {
    var inputs: [Value] = []
    for weight in weights where !inputs.contains(weight.input) { inputs.append(weight.input) }
    let made = Set(weights.map(\.multiplied)).filter { graph.graph.operation(of: $0) != nil }.sorted { $0.index < $1.index }
    let each = inputs.reduce(1) { $0 + graph.graph.type(of: $1).count(batch: 1) * 4 }
    batch = max(1, min(8, images, Self.room / each))
    imageCount = graph.graph.type(of: graph.image).count(batch: 1)
    self.inputs = inputs
    self.images = images
    let outputs = (inputs + made).map { (name: "\($0.index)", value: $0) }
    let fused = try graph.graph.fusingNormalization(keeping: outputs.map(\.value))
    program = try Program(
      fused.graph, engine: engine, store: model.store,
      outputs: outputs.compactMap { output in fused[output.value].map { (output.name, $0) } }, batch: batch,
      mode: .inference, precision: .float32, packs: false)
    for input in inputs {
      let width = graph.graph.type(of: input).width
      measured[input] = Measured(
        largest: [Float](repeating: 0, count: width), sums: [Double](repeating: 0, count: width))
    }
    self.made = made
  }
  private let made: [Value]

  /// Passes the images and hands on each value that products read, [rows, width], of the real images only.
  private func pass(_ dataset: any Dataset, _ transform: Transform, _ body: (Value, [Float], _ width: Int) -> Void) throws {
    let maker = try BatchMaker(
      dataset: dataset, transform: transform, batchSize: batch, seed: 0, phase: .evaluate)
    let loader = try Loader(maker, threads: 2, prefetch: 2)
    defer { loader.cancel() }
    while let part = try loader.next() {
      if sample.count == 0 { sample = (part.images, part.count) }
      let missing = batch * imageCount - part.images.count
      try program.set("image", missing > 0 ? part.images + [Float](repeating: 0, count: missing) : part.images)
      try program.run()
      for input in inputs {
        let (values, shape) = try program.output("\(input.index)")
        let each = shape.dropFirst().reduce(1, *)
        body(input, Array(values.prefix(part.count * each)), shape.last ?? 1)
      }
    }
    for value in made where standardised[value] == nil {
      standardised[value] = try program.output("\(value.index)").values
    }
  }

  /// First pass: sizes and means of channels.
  func measureChannels(_ dataset: any Dataset, _ transform: Transform) throws {
    try pass(dataset, transform) { value, numbers, width in
      guard var part = measured.removeValue(forKey: value) else { return }
      numbers.withUnsafeBufferPointer { numbers in
        for start in stride(from: 0, to: numbers.count, by: width) {
          for channel in 0..<width {
            let number = numbers[start + channel]
            if abs(number) > part.largest[channel] { part.largest[channel] = abs(number) }
            part.sums[channel] += Double(number)
          }
        }
      }
      part.rows += numbers.count / width
      measured[value] = part
    }
  }

  /// Second pass: the distribution of each value over its channel's divisor.
  func measureDistributions(
    _ dataset: any Dataset, _ transform: Transform, divisors: [Value: [Float]]
  ) throws {
    try pass(dataset, transform) { value, numbers, width in
      guard var part = measured.removeValue(forKey: value) else { return }
      let factors = divisors[value]?.map { 1 / $0 }
      for (place, number) in numbers.enumerated() {
        part.histogram.add(factors.map { number * $0[place % width] } ?? number)
      }
      measured[value] = part
    }
  }
}
