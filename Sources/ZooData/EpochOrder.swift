import Synchronization

/// First number of a `CounterRandom` path: what the numbers are for. Paths that begin differently never
/// share numbers, so new purposes take new values and old ones keep theirs.
public enum RandomStream {
  /// Path: epoch.
  public static let order: UInt64 = 1
  /// Path: epoch, example index, number of the step.
  public static let augmentation: UInt64 = 2
  /// Path: label.
  public static let fewShot: UInt64 = 3
  /// Path: number of the parameter.
  public static let initialisation: UInt64 = 4
  /// Path: step, number of the example in its batch.
  public static let dropout: UInt64 = 7
  /// Path: step.
  public static let step: UInt64 = 8
  /// Path: label + 1, 0 for examples without one.
  public static let split: UInt64 = 5
  /// Path: number of the batch.
  public static let mixing: UInt64 = 6
  /// No path: the input that archives are checked by.
  public static let golden: UInt64 = 16
  /// Path: trial of a search.
  public static let study: UInt64 = 33
  /// No path.
  public static let shuffledLabels: UInt64 = 32
}

/// The order in which examples are seen: a permutation of 0..<count that is a function of (seed, epoch),
/// or the data set's own order. Positions count on through the epochs, so any batch of a run can be made
/// without those before it.
public final class EpochOrder: Sendable {
  public let count: Int
  public let seed: UInt64
  public let shuffle: Bool
  /// The permutations last used: two, because loader threads work on both sides of an epoch's end.
  private let recent = Mutex<[(epoch: Int, order: [Int32])]>([])

  /// - Throws: `DataError.emptyDataSet` when `count` is 0.
  public init(count: Int, seed: UInt64, shuffle: Bool) throws {
    guard count > 0 else { throw DataError.emptyDataSet }
    guard count <= Int(Int32.max) else { throw DataError.tooManyExamples(count) }
    self.count = count
    self.seed = seed
    self.shuffle = shuffle
  }

  /// The epoch, and the index of the example, at a global position: 0, 1, … through all epochs.
  public func entry(at position: Int) -> (epoch: Int, index: Int) {
    let position = max(position, 0)
    let epoch = position / count
    let place = position % count
    return (epoch, shuffle ? Int(permutation(epoch)[place]) : place)
  }

  /// The index of the example at place `position` of step `step` when each step takes `batchSize`.
  public func index(step: Int, position: Int, batchSize: Int) -> Int {
    entry(at: step * batchSize + position).index
  }

  private func permutation(_ epoch: Int) -> [Int32] {
    recent.withLock { recent in
      if let known = recent.first(where: { $0.epoch == epoch }) { return known.order }
      var random = CounterRandom(seed: seed, RandomStream.order, UInt64(epoch))
      var order = (0..<Int32(count)).map { $0 }
      random.shuffle(&order)
      if recent.count == 2 { recent.removeFirst() }
      recent.append((epoch, order))
      return order
    }
  }
}
