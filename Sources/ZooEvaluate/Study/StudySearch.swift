import Glibc
import ZooData
import ZooRecipe
import ZooTrain

extension StudyRecipe.Search {
  /// The settings of every trial; a function of the seed.
  var trialSettings: [[String]] {
    (0..<trials).map { trial in
      var random = CounterRandom(seed: UInt64(seed), RandomStream.study, UInt64(trial))
      return ranges.map { range in
        switch range {
        case .settings(let values): return values[min(Int(random.uniform() * Double(values.count)), values.count - 1)]
        case .logarithmic(let key, let low, let high):
          return "\(key)=\(Glibc.exp(Glibc.log(low) + random.uniform() * (Glibc.log(high) - Glibc.log(low))))"
        }
      }
    }
  }

  /// A subset in two: what trials learn from, and what they are judged on (of each class at least one).
  /// - Throws: where a class has fewer than two examples.
  func divided(_ data: TaskData, shots: Int) throws -> GivenData {
    let held = max(1, Int((Double(shots) * holdOut).rounded()))
    guard shots > held else { throw EvaluateError.nothingToHoldOut(shots: shots) }
    let kept = try data.dataset.subsetIndices(perClass: shots - held, seed: UInt64(seed))
    let known = Set(kept)
    let rest = (0..<data.dataset.count).filter { !known.contains($0) }
    return GivenData(
      train: data.replacing(try data.dataset.subset(kept)), evaluate: data.replacing(try data.dataset.subset(rest)))
  }
}
