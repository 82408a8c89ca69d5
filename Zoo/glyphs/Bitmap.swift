import ZooData

/// A picture of 32 x 32 bits: row 0 is at the top, and bit 0 of a row at its left.
struct Bitmap {
  static let side = 32

  var rows = [UInt32](repeating: 0, count: Bitmap.side)

  var ink: Int { rows.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Ink wherever a pixel or one of its four neighbours has some.
  func dilated(within mask: UInt32 = .max) -> Bitmap {
    var result = self
    for row in rows.indices {
      let above = row > 0 ? rows[row - 1] : 0
      let below = row + 1 < rows.count ? rows[row + 1] : 0
      result.rows[row] = (rows[row] | rows[row] << 1 | rows[row] >> 1 | above | below) & mask
    }
    return result
  }

  /// Ink only where a pixel and its four neighbours have some. Beyond the upper and the lower edge counts as
  /// ink, so that a glyph keeps its height.
  func eroded() -> Bitmap {
    var result = self
    for row in rows.indices {
      let above = row > 0 ? rows[row - 1] : .max
      let below = row + 1 < rows.count ? rows[row + 1] : .max
      result.rows[row] = rows[row] & rows[row] << 1 & rows[row] >> 1 & above & below
    }
    return result
  }

  /// Flips one in `2^halvings` of the pixels on either side of an outline.
  mutating func roughen(halvings: Int, _ random: inout CounterRandom) {
    let (outside, inside) = (dilated(), eroded())
    for row in rows.indices {
      var flips = outside.rows[row] & ~inside.rows[row]
      for _ in 0..<halvings { flips &= UInt32(truncatingIfNeeded: random.next()) }
      rows[row] ^= flips
    }
  }

  /// Inks a pixel at a random place.
  mutating func speckle(_ random: inout CounterRandom) {
    let row = random.integer(below: Bitmap.side)
    rows[row] |= 1 << UInt32(random.integer(below: Bitmap.side))
  }
}
