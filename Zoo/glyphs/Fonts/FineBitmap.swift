/// A picture of 60 x 96 bits, three by three for a pixel of the box that a character is stretched to. Row 0 is at the top,
/// bit 0 of a row at its left.
struct FineBitmap {
  static let width = 3 * Bitmap.boxWidth
  static let height = 3 * Bitmap.side
  private static let all = UInt64(1) << UInt64(width) - 1

  var rows = [UInt64](repeating: 0, count: FineBitmap.height)

  /// The part of the plane that the picture shows.
  struct Window {
    let left: Double
    let top: Double
    let stepX: Double
    let stepY: Double

    /// The smallest around the points and `margin` more on all sides (or less, where it is negative).
    ///
    /// - Returns: nil if nothing is left.
    init?(around contours: [[Point]], margin: Double) {
      var (left, right, top, bottom) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
      for point in contours.joined() {
        (left, right) = (min(left, point.x), max(right, point.x))
        (top, bottom) = (min(top, point.y), max(bottom, point.y))
      }
      self.left = left - margin
      self.top = top - margin
      stepX = (right - left + 2 * margin) / Double(FineBitmap.width)
      stepY = (bottom - top + 2 * margin) / Double(FineBitmap.height)
      guard stepX > 0, stepY > 0, stepX.isFinite, stepY.isFinite else { return nil }
    }
  }

  /// Inks what lies inside of the contours: where the winding number is not 0.
  mutating func fill(_ contours: [[Point]], _ window: Window) {
    var crossings = [[(x: Double, turn: Int)]](repeating: [], count: Self.height)
    for contour in contours {
      guard var from = contour.last else { continue }
      for to in contour {
        let (upper, lower, turn) = from.y < to.y ? (from, to, 1) : (to, from, -1)
        from = to
        let range = Self.cells(upper.y, lower.y, origin: window.top, step: window.stepY, limit: Self.height)
        for row in range {
          let y = window.top + (Double(row) + 0.5) * window.stepY
          crossings[row].append((upper.x + (y - upper.y) / (lower.y - upper.y) * (lower.x - upper.x), turn))
        }
      }
    }
    for (row, unsorted) in crossings.enumerated() {
      let sorted = unsorted.sorted { $0.x < $1.x }
      var winding = 0
      for (index, crossing) in sorted.enumerated().dropLast() {
        winding += crossing.turn
        if winding == 0 { continue }
        let columns = Self.cells(
          crossing.x, sorted[index + 1].x, origin: window.left, step: window.stepX, limit: Self.width)
        rows[row] |= Self.bits(columns)
      }
    }
  }

  /// Sets or clears what a round pen covers.
  mutating func draw(_ segments: [InkSegment], _ window: Window, ink: Bool) {
    for segment in segments {
      let radius = max(segment.fromRadius, segment.toRadius)
      let (x, y) = ((segment.from.x, segment.to.x), (segment.from.y, segment.to.y))
      let columns = Self.cells(
        min(x.0, x.1) - radius, max(x.0, x.1) + radius, origin: window.left, step: window.stepX, limit: Self.width)
      let lines = Self.cells(
        min(y.0, y.1) - radius, max(y.0, y.1) + radius, origin: window.top, step: window.stepY, limit: Self.height)
      for row in lines {
        let y = window.top + (Double(row) + 0.5) * window.stepY
        for column in columns where (rows[row] >> UInt64(column) & 1 == 1) != ink {
          if segment.covers(window.left + (Double(column) + 0.5) * window.stepX, y) {
            rows[row] ^= 1 << UInt64(column)
          }
        }
      }
    }
  }

  /// Ink where, in a square of `2 * reach + 1` pixels around, at least `share` of them have some: it rounds corners and
  /// closes gaps, as a blurred picture does that is made black and white again. Beyond the edges there is none.
  func blurred(reach: Int, share: Double) -> FineBitmap {
    // sums[y][x]: the ink above and left of it.
    let stride = Self.width + 1
    var sums = [Int](repeating: 0, count: stride * (Self.height + 1))
    for y in 0..<Self.height {
      var line = 0
      for x in 0..<Self.width {
        line += Int(rows[y] >> UInt64(x) & 1)
        sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + line
      }
    }
    let needed = Int((share * Double((2 * reach + 1) * (2 * reach + 1))).rounded(.up))
    var result = FineBitmap()
    for y in 0..<Self.height {
      let (top, bottom) = (max(0, y - reach) * stride, min(Self.height, y + reach + 1) * stride)
      for x in 0..<Self.width {
        let (left, right) = (max(0, x - reach), min(Self.width, x + reach + 1))
        let ink = sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left]
        if ink >= needed { result.rows[y] |= 1 << UInt64(x) }
      }
    }
    return result
  }

  /// The box around the ink stretched to columns 0..<20 of all rows; empty where there is no ink.
  func stretched() -> Bitmap {
    var result = Bitmap()
    let columns = rows.reduce(0, |)
    guard columns != 0, let top = rows.firstIndex(where: { $0 != 0 }), let bottom = rows.lastIndex(where: { $0 != 0 })
    else { return result }
    let left = columns.trailingZeroBitCount
    let (width, height) = (64 - columns.leadingZeroBitCount - left, bottom + 1 - top)
    let sources = (0..<Bitmap.boxWidth).map { UInt64(left + (2 * $0 + 1) * width / (2 * Bitmap.boxWidth)) }
    for row in 0..<Bitmap.side {
      let line = rows[top + (2 * row + 1) * height / (2 * Bitmap.side)]
      for (column, source) in sources.enumerated() where line >> source & 1 == 1 {
        result.rows[row] |= 1 << UInt32(column)
      }
    }
    return result
  }

  /// The cells whose centres are from `low` up to `high`.
  private static func cells(_ low: Double, _ high: Double, origin: Double, step: Double, limit: Int) -> Range<Int> {
    func cell(_ value: Double) -> Int { Int(max(0, min(Double(limit), ((value - origin) / step - 0.5).rounded(.up)))) }
    let first = cell(low)
    return first..<max(first, cell(high))
  }

  private static func bits(_ range: Range<Int>) -> UInt64 {
    range.isEmpty ? 0 : (all >> UInt64(width - range.count)) << UInt64(range.lowerBound)
  }
}
