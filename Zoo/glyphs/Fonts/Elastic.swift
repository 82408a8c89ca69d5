import ZooData

/// A smooth random displacement of the skeleton's grid (P. Y. Simard and others, "Best practices for convolutional neural
/// networks applied to visual document analysis", ICDAR 2003), as a cubic B-spline over a coarse lattice rather than noise
/// that is blurred: so it can be asked for at any point.
struct Elastic {
  /// The lattice goes from (-20, -10) to (80, 110) and one step further on all sides.
  private static let columns = 7
  private static let lines = 8
  private static let step = (x: 25.0, y: 24.0)

  private let nodes: [Point]

  /// - Parameter strength: the deviation of a node, in units of the grid.
  init(strength: Double, _ random: inout CounterRandom) {
    nodes = (0..<Self.columns * Self.lines).map { _ in
      let (x, y) = random.normalPair()
      return Point(x: strength * x, y: strength * y)
    }
  }

  func apply(_ point: Point) -> Point {
    let (column, across) = Self.split((point.x + 20) / Self.step.x, limit: Self.columns)
    let (line, down) = Self.split((point.y + 10) / Self.step.y, limit: Self.lines)
    var result = point
    for (j, weightY) in Self.weights(down).enumerated() {
      for (i, weightX) in Self.weights(across).enumerated() {
        let node = nodes[(line + j) * Self.columns + column + i]
        result.x += weightX * weightY * node.x
        result.y += weightX * weightY * node.y
      }
    }
    return result
  }

  /// The cell, of which four nodes along this axis are the cell's own and the next three, and the place in it.
  private static func split(_ place: Double, limit: Int) -> (Int, Double) {
    let inside = max(0, min(Double(limit - 3) - 0x1p-20, place))
    return (Int(inside), inside - Double(Int(inside)))
  }

  private static func weights(_ t: Double) -> [Double] {
    let s = 1 - t
    return [
      s * s * s / 6, (3 * t * t * t - 6 * t * t + 4) / 6, (3 * s * s * s - 6 * s * s + 4) / 6, t * t * t / 6,
    ]
  }
}
