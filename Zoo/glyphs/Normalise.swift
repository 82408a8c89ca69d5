extension Bitmap {
  /// Prepares a glyph that fills columns 0..<20 of all rows as the readers of forms did from whose bitmaps
  /// the UCI digits were counted (M. D. Garris and others, "NIST form-based handprint recognition system",
  /// NISTIR 5469, 1994): outlines are thinned or thickened towards a usual amount of ink, the slant is
  /// taken out, and the result put in the middle of 32 columns.
  ///
  /// - Parameters:
  ///   - ink: the amount of ink, in pixels, that is left as it is.
  ///   - upright: whether to take the slant out.
  ///   - shift: columns to put the result right of the middle.
  func normalised(ink usual: ClosedRange<Int>, upright: Bool, shift: Int) -> Bitmap {
    let box = UInt32(1) << UInt32(Bitmap.boxWidth) - 1
    var glyph = self
    for _ in 0..<3 where glyph.ink > usual.upperBound {
      let thinner = glyph.eroded()
      // A thinning that leaves less than is usual would break thin strokes.
      if thinner.ink < usual.lowerBound { break }
      glyph = thinner
    }
    for _ in 0..<2 where glyph.ink < usual.lowerBound { glyph = glyph.dilated(within: box) }
    var starts = [Int](repeating: 0, count: Bitmap.side)
    if upright, let first = glyph.rows.first, let last = glyph.rows.last, first != 0, last != 0 {
      // The leftmost pixels of the first and the last row come to stand above each other.
      let slant = last.trailingZeroBitCount - first.trailingZeroBitCount
      starts = starts.indices.map { -($0 * slant * 2 / (Bitmap.side - 1) + (slant < 0 ? -1 : 1)) / 2 }
    }
    return glyph.placed(starts, shift: shift)
  }

  /// Moves row i right by `starts[i]`, and then all so that the ink's box is in the middle.
  private func placed(_ starts: [Int], shift: Int) -> Bitmap {
    var left = Int.max
    var right = Int.min
    for (row, start) in zip(rows, starts) where row != 0 {
      left = min(left, start + row.trailingZeroBitCount)
      right = max(right, start + Bitmap.side - row.leadingZeroBitCount)
    }
    guard left < right else { return self }
    let offset = (Bitmap.side - (right - left)) / 2 - left + shift
    var result = self
    for index in rows.indices {
      // Smart shifts: negative ones go the other way, and what leaves the picture is lost.
      result.rows[index] = rows[index] << (starts[index] + offset)
    }
    return result
  }
}
