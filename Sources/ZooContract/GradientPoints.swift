import ZooData
import ZooEngine

extension Point {
  static let gradientPoints = [reached, differences]

  static let reached = Point(name: "every parameter learns") { subject, surroundings, engines in
    let (trial, task) = try subject.trial(surroundings)
    guard trial.unused.isEmpty else {
      throw Broken("no loss depends on \(trial.unused.joined(separator: ", "))")
    }
    guard !trial.store.entries.isEmpty else { throw NotApplicable("it has no parameters") }
    try trial.disturb(seed: 4)
    _ = try trial.run(task.batch(8, number: 4), engine: engines.one, updating: true)
    let result = try trial.run(task.batch(8, number: 5), engine: engines.one)
    for entry in trial.store.entries {
      let gradient = result.parameterGradients[entry.spec.name] ?? []
      guard gradient.allSatisfy(\.isFinite) else { throw Broken("the gradient of \(entry.spec.name) is not finite") }
      guard gradient.contains(where: { $0 != 0 }) else { throw Broken("the gradient of \(entry.spec.name) is zero") }
    }
    return "\(trial.store.entries.count) parameters, each with an initialiser and a gradient"
  }

  /// Along a few directions of every parameter and input: the slope that the gradient gives against the loss a little to
  /// either side. At a kink, or where a step is lost in rounding, one of several steps must agree.
  static let differences = Point(name: "gradients") { subject, surroundings, engines in
    var (trial, task) = try subject.trial(surroundings)
    task.mixes = true
    try trial.disturb(seed: 6)
    // States away from their first values too.
    _ = try trial.run(task.batch(6, number: 6), engine: engines.one, updating: true)
    let batch = task.batch(6, number: 7)
    let base = try trial.run(batch, engine: engines.one)
    var (worst, count) = (0.0, 0)
    // Of very many parameters, the first, the last and some between.
    let entries = trial.store.entries
    let stride = max(1, entries.count / 24)
    for (index, entry) in entries.enumerated() where index % stride == 0 || index == entries.count - 1 {
      let name = entry.spec.name
      guard let gradient = base.parameterGradients[name] else { continue }
      let values = try trial.store.values(name)
      let gap = try slopes(values, gradient, seed: UInt64(index), base.loss) { moved in
        try trial.store.set(name, moved)
        defer { try? trial.store.set(name, values) }
        return try trial.run(batch, engine: engines.one).loss
      }
      if gap > tolerance { throw Broken("the gradient of \(name) is off by \(percent(gap)) of its slope") }
      (worst, count) = (max(worst, gap), count + 1)
    }
    for feed in trial.feeds {
      guard let gradient = base.gradient(ofFeed: feed.name), let values = batch.floats[feed.name] else { continue }
      let gap = try slopes(values, gradient, seed: 99, base.loss) { moved in
        var other = batch
        other.floats[feed.name] = moved
        return try trial.run(other, engine: engines.one).loss
      }
      if gap > tolerance {
        throw Broken("the gradient of the input '\(feed.name)' is off by \(percent(gap)) of its slope")
      }
      (worst, count) = (max(worst, gap), count + 1)
    }
    guard count > 0 else { throw NotApplicable("nothing has a gradient") }
    return "\(count) arrays against finite differences, at most \(percent(worst)) apart"
  }

  private static let tolerance = 0.03

  /// The largest relative gap over some directions.
  private static func slopes(
    _ values: [Float], _ gradient: [Float], seed: UInt64, _ level: Double, _ loss: ([Float]) throws -> Double
  ) throws -> Double {
    let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    guard gradient.allSatisfy(\.isFinite) else { return .infinity }
    var random = CounterRandom(seed: seed, 11)
    var directions = [[Double]]()
    if length > 0 {
      let along = gradient.map { Double($0) / length }
      directions.append(along)
      // Half along the gradient, half anywhere: what it leaves out shows.
      let noise = gradient.map { _ in random.normal() }
      let size = noise.reduce(0) { $0 + $1 * $1 }.squareRoot()
      directions.append(zip(along, noise).map { ($0 + $1 / size) / 2.0.squareRoot() })
    }
    let anywhere = gradient.map { _ in random.normal() }
    let size = max(1e-9, anywhere.reduce(0) { $0 + $1 * $1 }.squareRoot())
    directions.append(anywhere.map { $0 / size })
    var worst = 0.0
    for direction in directions {
      let expected = zip(direction, gradient).reduce(0) { $0 + $1.0 * Double($1.1) }
      var best = Double.infinity
      for step in [0.03, 0.01, 0.003, 0.1, 0.001] {
        func moved(_ sign: Double) -> [Float] { zip(values, direction).map { Float(Double($0) + sign * step * $1) } }
        let (above, below) = (moved(1), moved(-1))
        // As far apart as they really are after rounding.
        let measured = (try loss(above) - loss(below)) / (2 * step)
        // What rounding of the loss alone may do.
        let noise = 2e-7 * max(1, abs(level)) / step
        let gap = max(0, abs(measured - expected) - noise)
        best = min(best, gap / max(abs(measured), abs(expected), length * 0.05, 1e-4))
        if best < tolerance / 10 { break }
      }
      worst = max(worst, best)
    }
    return worst
  }
}
