/// Examples ready for a model.
public struct Batch: Sendable, Equatable {
  /// Which batch of the run this is.
  public let number: Int
  /// [count, height, width, channels], row-major.
  public let images: [Float]
  public let height: Int
  public let width: Int
  public let channels: Int
  /// Classes of the data set's first column; -1 where the label is missing, and where the column holds no classes.
  public let labels: [Int32]
  /// Labels of every column of the data set, in its order.
  public let targets: [BatchLabels]
  /// How much each example counts; 0 for one that could not be read and is passed over.
  public let weights: [Float]
  /// Whether each example could not be read and is passed over.
  public let unread: [Bool]
  /// The examples' indices in the data set.
  public let indices: [Int]
  /// The examples' global positions, which count on through the epochs.
  public let positions: Range<Int>
  public let names: [String]

  public var count: Int { indices.count }

  /// `total` shared among the examples that have a label in a column, in proportion to their weights; 0 for the
  /// others. The sum over examples of these times the losses is `total` times the losses' weighted mean.
  public func lossWeights(column: Int, sharing total: Double) -> [Float] {
    let own = weights.enumerated().map { targets[column].isPresent($0.offset) ? Double($0.element) : 0 }
    let sum = own.reduce(0, +)
    return own.map { sum > 0 ? Float($0 * (total / sum)) : 0 }
  }
}

/// Makes any batch of a run: a pure function of the data, the transform and (seed, epoch, index).
public struct BatchMaker: Sendable {
  public let dataset: any Dataset
  public let transform: Transform
  public let order: EpochOrder
  public let batchSize: Int
  public let phase: Phase
  /// What stands for the images; nil where they are read and transformed.
  public let features: (any ExampleFeatures)?
  /// Values of one example.
  private let each: Int

  /// - Parameters:
  ///   - seed: of order and augmentation.
  ///   - phase: `.train` shuffles and runs on through the epochs, a batch at an epoch's end taking its
  ///     rest from the next; `.evaluate` keeps the data set's order, sees each example once and may end in
  ///     a short batch.
  ///   - shuffle: overrides the phase's choice.
  ///   - features: taken in place of images, which are not read; a batch is then [count, 1, 1, their values].
  /// - Throws: `DataError` for an empty data set or a batch size below 1.
  public init(
    dataset: any Dataset, transform: Transform, batchSize: Int, seed: UInt64, phase: Phase,
    shuffle: Bool? = nil, features: (any ExampleFeatures)? = nil
  ) throws {
    guard batchSize > 0 else { throw DataError.batchSize(batchSize) }
    each = features?.valueCount ?? transform.valueCount
    try checkMemory(batchSize, transform, each)
    for column in dataset.columns where column.kind != .classes && column.width > 0 {
      guard batchSize <= (1 << 31) / column.width else {
        throw DataError.labelMemory(size: batchSize, column: column.name, width: column.width)
      }
    }
    self.dataset = dataset
    self.transform = transform
    self.batchSize = batchSize
    self.phase = phase
    self.features = features
    order = try EpochOrder(count: dataset.count, seed: seed, shuffle: shuffle ?? (phase == .train))
  }

  /// Number of batches: nil, without end, for training.
  public var batchCount: Int? {
    phase == .train ? nil : (dataset.count + batchSize - 1) / batchSize
  }

  /// Number of values of a batch of full size.
  public var batchValues: Int { batchSize * each }

  /// Batch `number`: positions `number * batchSize` and on.
  public func makeBatch(_ number: Int) throws -> Batch {
    try makeBatch(number, isCancelled: { false })
  }

  func makeBatch(_ number: Int, isCancelled: () -> Bool) throws -> Batch {
    // Far from where positions overflow: a damaged checkpoint must not trap.
    guard number >= 0, number < Int.max / 4 / batchSize else { throw DataError.batchNumber(number) }
    let start = number * batchSize
    let end = phase == .train ? start + batchSize : min(start + batchSize, dataset.count)
    return try makeBatch(positions: start..<max(start, end), number: number, isCancelled: isCancelled)
  }

  /// A batch of any global positions; they count on through the epochs.
  public func makeBatch(positions: Range<Int>) throws -> Batch {
    try checkMemory(positions.count, transform, each)
    let number = positions.lowerBound / batchSize
    return try makeBatch(positions: positions, number: number, isCancelled: { false })
  }

  private func makeBatch(
    positions: Range<Int>, number: Int, isCancelled: () -> Bool
  ) throws -> Batch {
    let entries = positions.map { order.entry(at: $0) }
    var isMissing = [Bool](repeating: false, count: entries.count)
    let images = try [Float](unsafeUninitializedCapacity: entries.count * each) { buffer, filled in
      for (place, entry) in entries.enumerated() {
        if isCancelled() { throw DataError.cancelled }
        let region = UnsafeMutableBufferPointer(rebasing: buffer[place * each..<(place + 1) * each])
        isMissing[place] = try !fill(region, epoch: entry.epoch, index: entry.index)
      }
      filled = entries.count * each
    }
    let targets = dataset.columns.enumerated().map { number, column in
      let values = entries.enumerated().map {
        isMissing[$0.offset] ? .missing : dataset.value(at: $0.element.index, column: number)
      }
      return BatchLabels(values, column)
    }
    let weights = entries.enumerated().map { isMissing[$0.offset] ? 0 : dataset.weight(at: $0.element.index) }
    var labels = [Int32](repeating: -1, count: entries.count)
    if case .classes(let first)? = targets.first { labels = first }
    return Batch(
      number: number, images: images, height: features == nil ? transform.height : 1,
      width: features == nil ? transform.width : 1, channels: features == nil ? 3 : each, labels: labels,
      targets: targets, weights: weights, unread: isMissing, indices: entries.map(\.index),
      positions: positions, names: entries.map { dataset.name(at: $0.index) })
  }

  /// False for an example that the data set passes over: it is zeros.
  private func fill(_ target: UnsafeMutableBufferPointer<Float>, epoch: Int, index: Int) throws -> Bool {
    if let features {
      let isThere = try features.read(index, into: target)
      if !isThere { target.initialize(repeating: 0) }
      return isThere
    }
    let random = CounterRandom(
      seed: order.seed, RandomStream.augmentation, UInt64(epoch), UInt64(index))
    let place = dataset.place(at: index)
    let example = try dataset.example(at: index) { height, width in
      transform.reduction(height: height, width: width, random: random)
    }
    switch example {
    case .image(let image):
      try transform.apply(image, random: random, origin: place, into: target)
    case .tensor(let values, let height, let width, let channels):
      try transform.apply(
        FloatImage(height: height, width: width, channels: channels, values: values), random: random,
        origin: place, into: target)
    case .missing:
      target.initialize(repeating: 0)
      return false
    }
    return true
  }
}

private func checkMemory(_ size: Int, _ transform: Transform, _ each: Int) throws {
  let (values, overflow) = size.multipliedReportingOverflow(by: each)
  guard !overflow, values <= 1 << 31 else {
    throw DataError.batchMemory(size: size, height: transform.height, width: transform.width)
  }
}
