import ZooEngine
import ZooHost

/// A point of the contract: what it is called and how it is tried. Gives what was tried, throws why it is not kept.
struct Point: Sendable {
  let name: String
  let attempt: @Sendable (Subject, Surroundings, Engines) throws -> String
}

/// Engines for one and for two threads.
struct Engines {
  let one: Engine
  let two: Engine
}

extension Point {
  /// In the order in which they are tried.
  static let all: [Point] =
    optionPoints + buildPoints + gradientPoints + learningPoints + [arrays]
}

/// Largest difference of two lists, relative to the largest value of either.
func difference(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  let scale = (a + b).reduce(1e-6) { max($0, Double(abs($1))) }
  return zip(a, b).reduce(0) { max($0, Double(abs($1.0 - $1.1))) } / scale
}

/// A share as people read it.
func percent(_ value: Double) -> String { rounded(value * 100, 3) + " %" }

func rounded(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  var scale = 1.0
  while abs(value) * scale < 1 && scale < 1e12 { scale *= 10 }
  for _ in 1..<digits { scale *= 10 }
  return "\((value * scale).rounded() / scale)"
}
