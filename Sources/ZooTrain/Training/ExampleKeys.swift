import ZooData

/// The key under which random numbers are drawn for an example in training: a function of the run's seed, the step and
/// the example's place in the batch, so that micro-batches, threads and resumed runs draw the same.
struct ExampleKeys {
  let seed: UInt64

  /// Two words for each example of a part of a batch; those of `padding` are never read for a result.
  func words(step: Int, _ part: Range<Int>, padding: Int) -> [Int32] {
    var words: [Int32] = []
    for place in part {
      var random = CounterRandom(seed: seed, RandomStream.dropout, UInt64(step), UInt64(place))
      let key = random.next()
      words += [Int32(truncatingIfNeeded: key), Int32(truncatingIfNeeded: key >> 32)]
    }
    return words + [Int32](repeating: 0, count: 2 * padding)
  }
}
