/// One movement of the pen on a grid where a glyph is about 60 wide and 100 high, y downward.
///
/// The numbers are x, y, x, y, …; the pen runs smoothly through the points, and turns a corner where a
/// point is given twice in a row.
struct Stroke: Sendable {
  let points: [Point]
  /// Whether the pen turns a corner at the point rather than passing it smoothly.
  let corner: [Bool]

  init(_ numbers: [Int]) {
    var points: [Point] = []
    var corner: [Bool] = []
    for start in stride(from: 0, to: numbers.count - 1, by: 2) {
      let point = Point(x: Double(numbers[start]), y: Double(numbers[start + 1]))
      if let last = points.last, last.x == point.x, last.y == point.y {
        corner[corner.count - 1] = true
      } else {
        points.append(point)
        corner.append(false)
      }
    }
    self.points = points
    self.corner = corner
  }
}

struct Point: Sendable {
  var x: Double
  var y: Double
}

/// A class of glyphs, and the ways in which people write it, each as likely as the others.
struct GlyphClass: Sendable {
  let name: String
  let styles: [[Stroke]]

  init(_ name: String, _ styles: [[[Int]]]) {
    self.name = name
    self.styles = styles.map { $0.map(Stroke.init) }
  }

  /// All classes, in the order of their labels.
  static let all: [GlyphClass] = digits + capitals + smallLetters
}
