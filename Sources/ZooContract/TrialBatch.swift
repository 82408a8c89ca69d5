import ZooData
import ZooGraph

/// Numbers for the feeds of a trial.
struct TrialBatch {
  let count: Int
  var floats: [String: [Float]] = [:]
  var integers: [String: [Int32]] = [:]

  /// The rows given, of every feed.
  func rows(_ rows: [Int]) -> TrialBatch {
    func pick<T>(_ values: [T]) -> [T] {
      let each = values.count / max(count, 1)
      return rows.flatMap { values[($0 * each)..<(($0 + 1) * each)] }
    }
    return TrialBatch(count: rows.count, floats: floats.mapValues(pick), integers: integers.mapValues(pick))
  }
}

/// A task that can be learned: each class has a centre, and activations scatter about it; vectors are linear in the
/// activations, labels their signs.
struct TrialTask {
  let feeds: [Trial.Feed]
  let classes: Int
  let seed: UInt64
  /// Whether class targets are mixtures of two.
  var mixes = false

  func batch(_ count: Int, number: Int) -> TrialBatch {
    var batch = TrialBatch(count: count)
    var random = CounterRandom(seed: seed, 1, UInt64(number))
    let first = (0..<count).map { _ in Int32(Int(random.uniform() * Double(classes)) % max(classes, 1)) }
    let second = mixes ? first.map { ($0 + 1) % Int32(max(classes, 1)) } : first
    let mix = (0..<count).map { _ in mixes ? Float(0.5 + random.uniform() * 0.5) : 1 }
    for feed in feeds {
      let each = feed.type.count(batch: 1)
      switch feed.name {
      case "target.first": batch.integers[feed.name] = first
      case "target.second": batch.integers[feed.name] = second
      case "target.mix": batch.floats[feed.name] = mix
      case "weight": batch.floats[feed.name] = [Float](repeating: 1, count: count)
      case "target.labels", "target.values":
        batch.floats[feed.name] = (0..<count).flatMap { row in
          (0..<each).map { column in
            var centre = CounterRandom(seed: seed, 3, UInt64(first[row]), UInt64(column))
            let value = Float(centre.normal())
            return feed.name == "target.labels" ? (value > 0 ? 1 : 0) : value
          }
        }
      default:
        // The centre lies along the last dimension, the same at every position.
        let width = feed.type.width
        var noise = CounterRandom(
          seed: seed, 2, UInt64(number), UInt64(feed.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
        batch.floats[feed.name] = (0..<count).flatMap { row in
          let centre = (0..<width).map { column in
            var random = CounterRandom(seed: seed, 4, UInt64(first[row]), UInt64(column))
            return random.normal()
          }
          return (0..<each).map { Float(centre[$0 % width] + 0.3 * noise.normal()) }
        }
      }
    }
    return batch
  }
}
