import Glibc
import ZooArchive
import ZooEngine
import ZooHost

extension Point {
  static let learningPoints = [learns, threads]

  static let learns = Point(name: "the loss falls") { subject, surroundings, engines in
    guard subject.component.kind == .head else { throw NotApplicable("a backbone has no loss of its own") }
    var tried: [String] = []
    for rate in [0.03, 0.003, 0.3] {
      let (trial, task) = try subject.trial(surroundings)
      var optimizer = TrialOptimizer(rate: rate)
      var losses: [Double] = []
      for step in 0..<80 {
        let batch = task.batch(16, number: 100 + step)
        let result = try trial.run(batch, engine: engines.one, updating: true)
        losses.append(result.loss / 16)
        try optimizer.step(trial.store, result.parameterGradients)
      }
      let (first, last) = (losses.prefix(2).reduce(0, +) / 2, losses.suffix(8).reduce(0, +) / 8)
      // Losses may be negative (a log-likelihood), so the fall counts, not the share.
      if last.isFinite, last < first - 0.15 * abs(first) {
        return "from \(rounded(first, 3)) to \(rounded(last, 3)) in 80 steps on a task that can be learned"
      }
      tried.append("\(rounded(first, 3)) to \(rounded(last, 3)) at rate \(rate)")
    }
    throw Broken("it hardly changes in 80 steps on a task that can be learned: " + tried.joined(separator: ", "))
  }

  static let threads = Point(name: "1 and 2 threads") { subject, surroundings, engines in
    let (trial, task) = try subject.trial(surroundings)
    try trial.disturb(seed: 8)
    let batch = task.batch(6, number: 8)
    let (one, two) = (try trial.run(batch, engine: engines.one), try trial.run(batch, engine: engines.two))
    for name in one.outputs.keys.sorted() {
      let gap = difference(one.outputs[name]?.values ?? [], two.outputs[name]?.values ?? [])
      guard gap < 1e-4 else { throw Broken("'\(name)' differs by \(percent(gap))") }
    }
    for name in one.parameterGradients.keys.sorted() {
      let gap = difference(one.parameterGradients[name] ?? [], two.parameterGradients[name] ?? [])
      guard gap < 1e-3 else { throw Broken("the gradient of \(name) differs by \(percent(gap))") }
    }
    return "equal to rounding"
  }

  /// Own metrics and own decoding.
  static let arrays = Point(name: "metrics and decoding") { subject, surroundings, engines in
    guard subject.component.kind == .head else { throw NotApplicable("a backbone has neither") }
    let instance = try subject.instance()
    guard instance.hasMetrics || instance.hasDecoder else { throw NotApplicable("it has neither") }
    let (trial, task) = try subject.trial(surroundings, phase: .evaluate)
    let batch = task.batch(6, number: 9)
    let result = try trial.run(batch, engine: engines.one)
    let outputs = trial.outputs.map { output in
      let (values, shape) = result.outputs["output " + output.name] ?? ([], [])
      return HostArray(name: output.name, shape: shape, elements: .float32(values))
    }
    var done: [String] = []
    if instance.hasMetrics {
      var all = outputs
      for feed in trial.feeds where feed.name.hasPrefix("target.") || feed.name == "weight" {
        let shape = feed.type.shape(batch: 6)
        if let values = batch.floats[feed.name] {
          // An evaluation gives numbers under the name that labels have.
          let name = feed.name == "target.values" ? "target.labels" : feed.name
          all.append(HostArray(name: name, shape: shape, elements: .float32(values)))
        }
        if let values = batch.integers[feed.name] {
          all.append(HostArray(name: feed.name, shape: shape, elements: .int32(values)))
        }
      }
      for name in try instance.headDeclaration().metrics where !["top-1", "top-5"].contains(name) {
        let value: Double
        do { value = try instance.metric(name, all) } catch { throw Broken("metric '\(name)': \(error)") }
        guard value.isFinite else { throw Broken("metric '\(name)' is \(value)") }
        done.append("\(name) = \(rounded(value, 3))")
      }
      guard (try? instance.metric("no-such-metric", all)) == nil else {
        throw Broken("a metric that it does not have gives a number; it must be refused")
      }
    }
    if instance.hasDecoder { done.append("\(try instance.decode(outputs).count) predictions decoded") }
    return done.joined(separator: ", ")
  }

  /// A number for everything that a component computes: equal in every process.
  static func digest(_ subject: Subject, _ surroundings: Surroundings, _ engines: Engines) throws -> String {
    let (trial, task) = try subject.trial(surroundings)
    try trial.disturb(seed: 9)
    let result = try trial.run(task.batch(5, number: 10), engine: engines.one)
    var bytes = Array(trial.signature.utf8)
    for number in result.numbers {
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
      }
    }
    return Digest.sha256(bytes)
  }
}

/// Adam (Kingma & Ba 2015), for toys.
struct TrialOptimizer {
  let rate: Double
  private var means: [String: [Float]] = [:]
  private var squares: [String: [Float]] = [:]
  private var step = 0

  init(rate: Double) { self.rate = rate }

  mutating func step(_ store: ParameterStore, _ gradients: [String: [Float]]) throws {
    step += 1
    let (a, b) = (1 - pow(0.9, Double(step)), 1 - pow(0.99, Double(step)))
    for (name, gradient) in gradients {
      var mean = means[name] ?? gradient.map { _ in 0 }
      var square = squares[name] ?? gradient.map { _ in 0 }
      var values = try store.values(name)
      for (index, slope) in gradient.enumerated() {
        mean[index] = 0.9 * mean[index] + 0.1 * slope
        square[index] = 0.99 * square[index] + 0.01 * slope * slope
        values[index] -= Float(rate * (Double(mean[index]) / a) / ((Double(square[index]) / b).squareRoot() + 1e-8))
      }
      (means[name], squares[name]) = (mean, square)
      try store.set(name, values)
    }
  }
}
