import ZooData

/// What characters are drawn from.
enum Source: Sendable {
  case strokes
  case fonts(FontShelf)
  /// Either, for one image as likely as the other.
  case both(FontShelf)

  var shelf: FontShelf? {
    switch self {
    case .strokes: nil
    case .fonts(let shelf), .both(let shelf): shelf
    }
  }

  /// An image that is the same whether its kind of source is the only one or one of both.
  func glyph(of classes: [GlyphClass], seed: UInt64, index: Int) -> Glyph {
    switch self {
    case .strokes: return Glyph(of: classes, seed: seed, index: index)
    case .fonts(let shelf): return Glyph(of: classes, from: shelf, seed: seed, index: index)
    case .both(let shelf):
      var random = CounterRandom(seed: seed, 2, UInt64(index))
      return random.chance(0.5)
        ? Glyph(of: classes, seed: seed, index: index) : Glyph(of: classes, from: shelf, seed: seed, index: index)
    }
  }
}
