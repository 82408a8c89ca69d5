import ZooData

/// An image of the corpus: 32 x 32 pixels of 8-bit RGB.
enum Picture {
  static let side = 32

  /// In the order of the word list's colours.
  private static let inks: [(Int, Int, Int)] = [
    (225, 40, 45), (40, 190, 70), (50, 80, 235), (235, 220, 50), (165, 60, 215), (245, 140, 30), (245, 245, 245),
    (40, 210, 220),
  ]

  static func pixels(_ scene: Scene, seed: UInt64, index: Int) -> [UInt8] {
    var random = CounterRandom(seed: seed, 2).split(UInt64(scene.original))
    let glyph = Glyph(of: [GlyphClass.all[scene.glyph]], seed: seed, index: scene.original)
    let extent: Int
    switch scene.size {
    case .tiny: extent = 13 + random.integer(below: 3)
    case .middle: extent = 20 + random.integer(below: 5)
    case .huge: extent = 30 + random.integer(below: 3)
    }
    let room = (side - extent) / 2
    var coverage = Coverage()
    let (left, top) = (random.integer(below: 2 * room + 1), random.integer(below: 2 * room + 1))
    // Nearer to the middle than to the edges.
    coverage.draw(glyph.bitmap, extent: extent, x: (left + room) / 2, y: (top + room) / 2)
    if let ornament = scene.ornament { coverage.decorate(ornament) }
    for _ in 0..<random.integer(below: 4) { coverage.soften() }

    var ink = inks[scene.colour % inks.count]
    func jittered(_ value: Int, _ reach: Int) -> Int { value + random.integer(below: 2 * reach + 1) - reach }
    ink = (jittered(ink.0, 22), jittered(ink.1, 22), jittered(ink.2, 22))
    var ground = (18, 18, 18)
    if scene.isBright {
      // Ink on paper is darker than light on black.
      ink = (ink.0 * 3 / 5, ink.1 * 3 / 5, ink.2 * 3 / 5)
      ground = (228, 228, 228)
    }
    let shade = jittered(0, 14)
    ground = (ground.0 + shade, ground.1 + jittered(shade, 6), ground.2 + jittered(shade, 6))

    if index != scene.original {
      var change = CounterRandom(seed: seed, 3).split(UInt64(index))
      // A third of the duplicates are exact.
      if !change.chance(1.0 / 3) {
        coverage.shift(x: change.integer(below: 3) - 1, y: change.integer(below: 3) - 1)
        let light = 236 + change.integer(below: 41)
        ink = (ink.0 * light / 256, ink.1 * light / 256, ink.2 * light / 256)
      }
    }
    var pixels = [UInt8](repeating: 0, count: 3 * side * side)
    for (place, share) in coverage.values.enumerated() {
      pixels[3 * place] = mix(ground.0, ink.0, share)
      pixels[3 * place + 1] = mix(ground.1, ink.1, share)
      pixels[3 * place + 2] = mix(ground.2, ink.2, share)
    }
    return pixels
  }

  private static func mix(_ ground: Int, _ ink: Int, _ share: Int) -> UInt8 {
    UInt8(clamping: (ground * (255 - share) + ink * share) / 255)
  }
}

/// How much of each pixel is inked, 0 to 255.
struct Coverage {
  private(set) var values = [Int](repeating: 0, count: Picture.side * Picture.side)

  /// Draws a bitmap reduced to `extent` pixels a side, each the mean of what it covers.
  mutating func draw(_ bitmap: Bitmap, extent: Int, x left: Int, y top: Int) {
    let from = Bitmap.side
    // A source pixel i spans [i, i + 1) x extent, a target pixel [j, j + 1) x from.
    for row in 0..<extent {
      for column in 0..<extent {
        var area = 0
        for line in row * from / extent..<min(((row + 1) * from + extent - 1) / extent, from) {
          let height = min((line + 1) * extent, (row + 1) * from) - max(line * extent, row * from)
          let bits = bitmap.rows[line]
          if bits == 0 { continue }
          for place in column * from / extent..<min(((column + 1) * from + extent - 1) / extent, from)
          where bits >> UInt32(place) & 1 == 1 {
            area += height * (min((place + 1) * extent, (column + 1) * from) - max(place * extent, column * from))
          }
        }
        ink(left + column, top + row, 255 * area / (from * from))
      }
    }
  }

  /// Adds a frame, a ring, a baseline, dots in the corners or stripes: 0 to 4, in the order of the word list.
  mutating func decorate(_ ornament: Int) {
    let side = Picture.side
    for y in 0..<side {
      for x in 0..<side {
        let edge = min(x, y, side - 1 - x, side - 1 - y)
        // Twice the distance from the middle, squared.
        let distance = (2 * x - side + 1) * (2 * x - side + 1) + (2 * y - side + 1) * (2 * y - side + 1)
        let isInked: Bool
        switch ornament {
        case 0: isInked = edge == 1 || edge == 2
        case 1: isInked = distance <= 31 * 31 && distance >= 27 * 27
        case 2: isInked = y >= side - 3 && x >= 2 && x < side - 2
        case 3: isInked = min(x, side - 1 - x) < 5 && min(y, side - 1 - y) < 5 && edge > 0
        default: isInked = (x + y) % 8 < 2
        }
        if isInked { ink(x, y, ornament >= 4 ? 120 : 255) }
      }
    }
  }

  private mutating func ink(_ x: Int, _ y: Int, _ value: Int) {
    guard (0..<Picture.side).contains(x), (0..<Picture.side).contains(y) else { return }
    values[y * Picture.side + x] = max(values[y * Picture.side + x], value)
  }

  /// The mean of each pixel and its eight neighbours.
  mutating func soften() {
    let side = Picture.side
    var across = values
    for y in 0..<side {
      for x in 0..<side {
        across[y * side + x] = values[y * side + max(x - 1, 0)] + values[y * side + x]
          + values[y * side + min(x + 1, side - 1)]
      }
    }
    for y in 0..<side {
      for x in 0..<side {
        values[y * side + x] =
          (across[max(y - 1, 0) * side + x] + across[y * side + x] + across[min(y + 1, side - 1) * side + x]) / 9
      }
    }
  }

  mutating func shift(x: Int, y: Int) {
    let side = Picture.side
    let before = values
    for row in 0..<side {
      for column in 0..<side {
        let (from, line) = (column - x, row - y)
        let isInside = (0..<side).contains(from) && (0..<side).contains(line)
        values[row * side + column] = isInside ? before[line * side + from] : 0
      }
    }
  }
}
