/// The closed outlines of a character, as many short straight pieces, on the grid of a skeleton: 100 high, y downward,
/// its middle at (30, 50). What is inside follows from the winding number, which is not 0 there.
struct Outline: Sendable {
  /// Wider characters are made narrower, for the grid's warps to keep them in one piece.
  private static let widest = 70.0
  /// A character that fills so much of its convex hull is a bar, upright or slanting, and a bar fills any box.
  private static let fullest = 0.85
  /// What has more pieces is an engraving, and would take long.
  private static let mostPoints = 3000

  let contours: [[Point]]
  /// The usual thickness of its strokes: the area over half of the length of the outlines.
  let thickness: Double

  /// - Parameter curves: in any unit, y upward.
  /// - Returns: nil where nothing, only a bar, or an engraving is drawn.
  init?(_ curves: [[OutlineCurve]]) {
    let points = curves.joined().flatMap(\.points)
    guard let first = points.first else { return nil }
    var (left, right, bottom, top) = (first.x, first.x, first.y, first.y)
    for point in points {
      (left, right) = (min(left, point.x), max(right, point.x))
      (bottom, top) = (min(bottom, point.y), max(top, point.y))
    }
    guard top > bottom, right > left else { return nil }
    let scale = 100 / (top - bottom)
    let across = min(scale, Self.widest / (right - left))
    let (middleX, middleY) = ((left + right) / 2, (bottom + top) / 2)
    var total = 0
    var contours: [[Point]] = []
    for contour in curves {
      let flat = contour.flatMap { curve in
        curve.placed { Point(x: 30 + ($0.x - middleX) * across, y: 50 - ($0.y - middleY) * scale) }.pieces
      }
      total += flat.count
      if total > Self.mostPoints { return nil }
      if flat.count > 2 { contours.append(flat) }
    }
    var (area, length) = (0.0, 0.0)
    for contour in contours {
      var last = contour[contour.count - 1]
      for point in contour {
        area += last.x * point.y - point.x * last.y
        length += last.distance(to: point)
        last = point
      }
    }
    guard length > 0, area != 0, area.magnitude < Self.fullest * Self.hull(contours.flatMap { $0 }) else { return nil }
    self.contours = contours
    thickness = area.magnitude / length
  }

  /// Twice the area of the convex hull (A. M. Andrew, "Another efficient algorithm for convex hulls in two dimensions", 1979).
  private static func hull(_ points: [Point]) -> Double {
    let sorted = points.sorted { $0.x != $1.x ? $0.x < $1.x : $0.y < $1.y }
    func turn(_ a: Point, _ b: Point, _ c: Point) -> Double { (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) }
    var area = 0.0
    for line in [sorted, sorted.reversed()] {
      var chain: [Point] = []
      for point in line {
        while chain.count > 1, turn(chain[chain.count - 2], chain[chain.count - 1], point) <= 0 { chain.removeLast() }
        chain.append(point)
      }
      for (from, to) in zip(chain, chain.dropFirst()) { area += from.x * to.y - to.x * from.y }
    }
    return area
  }
}

/// A line, or a Bézier curve of second or third order: its points from the first to the last.
struct OutlineCurve {
  var points: [Point]

  /// The longest piece, in units of the grid.
  private static let step = 4.0
  private static let mostPieces = 40.0

  func placed(_ place: (Point) -> Point) -> OutlineCurve { OutlineCurve(points: points.map(place)) }

  /// Points along the curve at equal parameters, without its last: there the next curve begins.
  var pieces: [Point] {
    let length = zip(points, points.dropFirst()).reduce(0) { $0 + $1.0.distance(to: $1.1) }
    let count = Int(max(1, min(Self.mostPieces, (length / Self.step).rounded(.up))))
    return (0..<count).map { at(Double($0) / Double(count)) }
  }

  /// De Casteljau's way.
  private func at(_ t: Double) -> Point {
    var line = points
    while line.count > 1 {
      line = zip(line, line.dropFirst()).map {
        Point(x: $0.x + t * ($1.x - $0.x), y: $0.y + t * ($1.y - $0.y))
      }
    }
    return line.first ?? Point(x: 0, y: 0)
  }
}

extension Point {
  func distance(to other: Point) -> Double {
    let (x, y) = (other.x - x, other.y - y)
    return (x * x + y * y).squareRoot()
  }
}
