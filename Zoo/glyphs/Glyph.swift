import ZooData

/// One labelled picture, a function of the classes to choose from, the fonts, the seed and its index alone.
struct Glyph {
  /// The position of the class among those to choose from; they take turns with the index.
  let label: Int
  let bitmap: Bitmap

  /// A character written with strokes.
  ///
  /// - Parameter classes: at least one.
  init(of classes: [GlyphClass], seed: UInt64, index: Int) {
    let label = index % classes.count
    let styles = classes[label].styles
    var random = CounterRandom(seed: seed, 0, UInt64(index))
    let style = styles[random.integer(below: styles.count)]
    self.init(label, Bitmap(stretched: PenPath.written(style, &random)), &random)
  }

  /// A character of one of the fonts that have it.
  ///
  /// - Parameters:
  ///   - classes: at least one.
  ///   - shelf: made for these classes.
  init(of classes: [GlyphClass], from shelf: FontShelf, seed: UInt64, index: Int) {
    let label = index % classes.count
    let outlines = shelf.outlines[label]
    var random = CounterRandom(seed: seed, 1, UInt64(index))
    let outline = outlines[random.integer(below: outlines.count)]
    self.init(label, Print.drawn(outline, &random), &random)
  }

  /// Ink as it was read from a form: roughened, and normalised as the forms' readers did.
  ///
  /// - Parameter ink: stretched to columns 0..<20 of all rows.
  private init(_ label: Int, _ ink: Bitmap, _ random: inout CounterRandom) {
    var drawn = ink
    if random.chance(0.3) {
      // Thickening and then thinning closes what is narrow, and rounds what is hollow: ink that runs.
      drawn = drawn.dilated(within: 1 << UInt32(Bitmap.boxWidth) - 1).eroded()
    }
    if random.chance(0.5) { drawn.roughen(halvings: 2 + random.integer(below: 3), &random) }
    let least = 220 + random.integer(below: 80)
    let range = least...(least + 50 + random.integer(below: 50))
    // The digits stand a third of a pixel right of the middle; a few are put further off, for good measure.
    let shift = random.chance(0.8) ? random.integer(below: 2) : random.integer(below: 5) - 2
    var bitmap = drawn.normalised(ink: range, upright: random.chance(0.92), shift: shift)
    if random.chance(0.1) {
      for _ in 0...random.integer(below: 4) { bitmap.speckle(&random) }
    }
    self.label = label
    self.bitmap = bitmap
  }

  /// The picture as it is (side 32: 0 or 255) or as inked pixels per block of 4 x 4 (side 8: 0...16, scaled
  /// to 0...255 and rounded to nearest), row-major.
  func pixels(side: Side) -> [UInt8] {
    switch side {
    case .full:
      return bitmap.rows.flatMap { row in
        (0..<Bitmap.side).map { row >> UInt32($0) & 1 == 1 ? 255 : 0 }
      }
    case .blocks:
      var pixels: [UInt8] = []
      for line in 0..<8 {
        for block in 0..<8 {
          let count = (0..<4).reduce(0) { sum, row in
            sum + (bitmap.rows[line * 4 + row] >> UInt32(block * 4) & 15).nonzeroBitCount
          }
          pixels.append(UInt8((count * 255 + 8) / 16))
        }
      }
      return pixels
    }
  }

  enum Side: Int {
    case blocks = 8
    case full = 32
  }
}
