extension Bitmap {
  /// The box a character is stretched to, as the forms readers of the time did; see `normalised`.
  static let boxWidth = 20

  /// Draws segments stretched to fill columns 0..<20 of all rows: a pixel is inked if its centre is.
  init(stretched segments: [InkSegment]) {
    guard let box = Box(around: segments) else { return }
    let stepX = (box.right - box.left) / Double(Bitmap.boxWidth)
    let stepY = (box.bottom - box.top) / Double(Bitmap.side)
    for segment in segments {
      let reach = Box(around: segment)
      // One pixel beyond either side covers every centre in reach.
      let columns = Bitmap.pixels(
        reach.left - box.left, reach.right - box.left, step: stepX, limit: Bitmap.boxWidth)
      let lines = Bitmap.pixels(reach.top - box.top, reach.bottom - box.top, step: stepY, limit: Bitmap.side)
      for row in lines {
        let y = box.top + (Double(row) + 0.5) * stepY
        for column in columns where rows[row] & 1 << UInt32(column) == 0 {
          let x = box.left + (Double(column) + 0.5) * stepX
          if segment.covers(x, y) { rows[row] |= 1 << UInt32(column) }
        }
      }
    }
  }

  private static func pixels(_ from: Double, _ to: Double, step: Double, limit: Int) -> Range<Int> {
    let first = max(0, Int(from / step) - 1)
    return first..<max(first, min(limit, Int(to / step) + 2))
  }
}

/// A rectangle around ink.
private struct Box {
  var left: Double
  var right: Double
  var top: Double
  var bottom: Double

  init(around segment: InkSegment) {
    let radius = max(segment.fromRadius, segment.toRadius)
    left = min(segment.from.x, segment.to.x) - radius
    right = max(segment.from.x, segment.to.x) + radius
    top = min(segment.from.y, segment.to.y) - radius
    bottom = max(segment.from.y, segment.to.y) + radius
  }

  init?(around segments: [InkSegment]) {
    guard let first = segments.first else { return nil }
    self = segments.reduce(Box(around: first)) { box, segment in
      let next = Box(around: segment)
      var joined = box
      joined.left = min(box.left, next.left)
      joined.right = max(box.right, next.right)
      joined.top = min(box.top, next.top)
      joined.bottom = max(box.bottom, next.bottom)
      return joined
    }
  }
}

extension InkSegment {
  /// Whether the point is within the pen's radius of its nearest point on the segment.
  func covers(_ x: Double, _ y: Double) -> Bool {
    let (dx, dy) = (to.x - from.x, to.y - from.y)
    let (px, py) = (x - from.x, y - from.y)
    let length = dx * dx + dy * dy
    let t = length > 0 ? min(1, max(0, (px * dx + py * dy) / length)) : 0
    let (ex, ey) = (px - t * dx, py - t * dy)
    let radius = fromRadius + t * (toRadius - fromRadius)
    return ex * ex + ey * ey <= radius * radius
  }
}
