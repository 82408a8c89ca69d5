import ZooData

/// A straight piece of ink: from one point to the next, with the pen's radius at both.
struct InkSegment {
  var from: Point
  var to: Point
  var fromRadius: Double
  var toRadius: Double
}

/// The path of a pen, as one hand would write a skeleton.
enum PenPath {
  /// Straight pieces per stretch between two points of a skeleton: more cannot be seen at 32 pixels.
  private static let piecesPerStretch = 6

  /// Writes `style` with a hand drawn from `random`: each point misplaced, the pen's width changing, now and
  /// then a gap, and the whole slanted and warped.
  static func written(_ style: [Stroke], _ random: inout CounterRandom) -> [InkSegment] {
    let hand = Hand(&random)
    let warp = Warp(&random)
    var segments: [InkSegment] = []
    for stroke in style {
      segments.append(contentsOf: written(stroke, hand, warp, &random))
    }
    if random.chance(0.06), segments.count > 12 {
      let gap = random.integer(below: segments.count - 3)
      segments.removeSubrange(gap..<gap + 2)
    }
    return segments
  }

  private static func written(
    _ stroke: Stroke, _ hand: Hand, _ warp: Warp, _ random: inout CounterRandom
  ) -> [InkSegment] {
    let offset = random.normalPair()
    let points = stroke.points.map { point in
      let jitter = random.normalPair()
      return Point(
        x: point.x + hand.jitter * (jitter.0 + 0.6 * offset.0),
        y: point.y + hand.jitter * (jitter.1 + 0.6 * offset.1))
    }
    let path = smooth(points, corner: stroke.corner).map(warp.apply)
    let ends = (hand.radius * hand.change(&random), hand.radius * hand.change(&random))
    let radii = path.indices.map { index in
      ends.0 + (ends.1 - ends.0) * Double(index) / Double(max(path.count - 1, 1))
    }
    return path.indices.dropFirst().map {
      InkSegment(from: path[$0 - 1], to: path[$0], fromRadius: radii[$0 - 1], toRadius: radii[$0])
    }
  }

  /// A uniform Catmull-Rom spline through the points, broken at corners.
  private static func smooth(_ points: [Point], corner: [Bool]) -> [Point] {
    guard let first = points.first else { return [] }
    var path = [first]
    for index in points.indices.dropLast() {
      let (from, to) = (points[index], points[index + 1])
      // Across a corner or an end the neighbour is mirrored, which leaves the curve there without bend.
      let before = index == 0 || corner[index] ? mirrored(to, at: from) : points[index - 1]
      let last = index + 2 == points.count || corner[index + 1]
      let after = last ? mirrored(from, at: to) : points[index + 2]
      for piece in 1...piecesPerStretch {
        let t = Double(piece) / Double(piecesPerStretch)
        path.append(
          Point(
            x: spline(before.x, from.x, to.x, after.x, t), y: spline(before.y, from.y, to.y, after.y, t)))
      }
    }
    return path
  }

  private static func mirrored(_ point: Point, at centre: Point) -> Point {
    Point(x: 2 * centre.x - point.x, y: 2 * centre.y - point.y)
  }

  private static func spline(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ t: Double) -> Double {
    let cubic = 3 * (b - c) + d - a
    let square = 2 * a - 5 * b + 4 * c - d
    return b + 0.5 * t * (c - a + t * (square + t * cubic))
  }
}
