import ZooData

/// What one image of the corpus shows, a function of the world, the corpus's seed and the image's number alone.
struct Scene {
  enum Size: Int {
    case tiny
    case huge
    case middle
  }

  /// Concepts that are truly there: a glyph's first, then its colour and whatever else has a word.
  let labels: [Int]
  /// Position in `GlyphClass.all`.
  let glyph: Int
  let colour: Int
  /// Position among the ornaments; nil for none.
  let ornament: Int?
  let isBright: Bool
  let size: Size
  /// The image that this one is nearly the same as; its own number where it is no duplicate.
  let original: Int

  /// - Parameter duplicates: the share of images that repeat one of the thousand before them.
  init(_ world: World, seed: UInt64, index: Int, duplicates: Double) {
    let base = CounterRandom(seed: seed, 1)
    // Whatever is repeated comes before, so that the walk ends; two steps are rare.
    var original = index
    while original > 0 {
      var random = base.split(UInt64(original)).split(0)
      guard random.chance(duplicates) else { break }
      original -= 1 + random.integer(below: min(original, 1000))
    }
    self.original = original

    var random = base.split(UInt64(original)).split(1)
    let concept = world.zipf.draw(&random)
    let shown = world.concepts[concept]
    glyph = shown.glyph ?? 0
    // A species looks like itself most of the time.
    let typical = shown.kind == .species && random.chance(0.85)
    colour = typical ? shown.colour : world.colourPopularity.draw(&random)
    let drawn = random.chance(0.5) ? world.ornamentPopularity.draw(&random) : nil
    ornament = typical ? (shown.ornament > 0 ? shown.ornament - 1 : nil) : drawn
    isBright = random.chance(0.3)
    let sizes: [Size] = [.tiny, .huge, .middle, .middle]
    size = sizes[random.integer(below: sizes.count)]

    var labels = [concept, world.colours.lowerBound + colour]
    if let ornament { labels.append(world.ornaments.lowerBound + ornament) }
    if isBright { labels.append(world.ground) }
    if size != .middle { labels.append(world.sizes.lowerBound + size.rawValue) }
    self.labels = labels
  }
}
