import ZooArchive
import ZooRecipe

/// The best evaluation of a run by the recipe's chosen metric.
struct BestSoFar {
  /// What a checkpoint keeps of it.
  struct Mark {
    var step: Int
    var value: Double
    /// Evaluations since then that were no better.
    var waited: Int

    init(step: Int, value: Double, waited: Int) { (self.step, self.value, self.waited) = (step, value, waited) }

    init?(_ json: JSONValue?) {
      guard let json, let step = json["step"]?.int, let waited = json["waited"]?.int,
        let bits = json["value"]?.string.flatMap({ UInt64($0, radix: 16) })
      else { return nil }
      self.init(step: Int(step), value: Double(bitPattern: bits), waited: Int(waited))
    }

    /// The value goes by its bits, so that nothing is rounded.
    var json: JSONValue {
      [
        "step": .int(Int64(step)), "value": .string(String(value.bitPattern, radix: 16)), "waited": .int(Int64(waited)),
      ]
    }
  }

  let settings: KeepBestSettings
  private(set) var mark: Mark?

  init(_ settings: KeepBestSettings, mark: Mark?) { (self.settings, self.mark) = (settings, mark) }

  /// Whether enough evaluations passed without a better one.
  var isOver: Bool { settings.patience.map { (mark?.waited ?? 0) >= $0 } ?? false }

  /// Whether an evaluation is the best yet. No number is never better.
  /// - Throws: at its place in the recipe, a metric that nobody measures.
  mutating func takes(
    _ results: [(task: String, values: [(name: String, value: Double)])], step: Int
  ) throws -> Bool {
    let candidates = results.filter { settings.task == nil || $0.task == settings.task }
    var found: Double?
    for result in candidates where found == nil {
      found = result.values.first { $0.name == settings.metric }?.value
    }
    guard let value = found else {
      let known = candidates.flatMap { $0.values.map(\.name) }
      throw TrainError.unmeasured(settings, known: known)
    }
    let isBetter = mark.map { settings.mode == .max ? value > $0.value : value < $0.value } ?? !value.isNaN
    if isBetter {
      mark = Mark(step: step, value: value, waited: 0)
    } else {
      mark?.waited += 1
    }
    return isBetter
  }
}
