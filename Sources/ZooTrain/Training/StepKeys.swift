import ZooData

/// The key under which random numbers are drawn for a step as a whole: a function of the run's seed and the step, so that
/// all micro-batches, and a resumed run, draw the same.
struct StepKeys {
  let seed: UInt64

  func words(step: Int) -> [Int32] {
    var random = CounterRandom(seed: seed, RandomStream.step, UInt64(step))
    let key = random.next()
    return [Int32(truncatingIfNeeded: key), Int32(truncatingIfNeeded: key >> 32)]
  }
}
