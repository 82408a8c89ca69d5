/// What the command line asks for.
struct Arguments {
  static let usage = """
    usage: zoo-glyphs --count N [--seed S] [--size 8|32] [--classes NAMES] [--from strokes|fonts|both] [--fonts FOLDER]
             -o FOLDER
    """

  /// 2^22 pictures of 32 x 32 are 4 GiB, which are held in memory.
  static let maximumCount = 1 << 22

  var count = 0
  var seed: UInt64 = 0
  var side = Glyph.Side.blocks
  /// Never empty; `--classes 0123456789` takes the digits alone.
  var classes = GlyphClass.all
  var from = Kind.both
  /// Where fonts are; nil for those of the list.
  var fonts: String?
  var folder = ""

  enum Kind: String {
    case strokes
    case fonts
    case both
  }

  init(_ words: [String]) throws(GlyphsError) {
    var rest = words[...]
    while let option = rest.popFirst() {
      guard ["--count", "--seed", "--size", "--classes", "--from", "--fonts", "-o"].contains(option) else {
        throw .unknownOption(option, usage: Self.usage)
      }
      guard let value = rest.popFirst() else { throw .missingValue(option, usage: Self.usage) }
      switch option {
      case "--count":
        guard let number = Int(value), (1...Self.maximumCount).contains(number) else {
          throw .count(option, value, 1...Self.maximumCount)
        }
        count = number
      case "--seed":
        guard let number = UInt64(value) else { throw .seed(option, value) }
        seed = number
      case "--size":
        guard let number = Int(value), let side = Glyph.Side(rawValue: number) else { throw .size(value) }
        self.side = side
      case "--classes": classes = try Self.classes(value)
      case "--from":
        guard let kind = Kind(rawValue: value) else { throw .source(value) }
        from = kind
      case "--fonts": fonts = value
      default:
        folder = value
      }
    }
    if count == 0 { throw .missingOption("--count", usage: Self.usage) }
    if folder.isEmpty { throw .missingOption("-o", usage: Self.usage) }
    if from == .strokes, fonts != nil { throw .fontsNotWanted }
  }

  /// Reads the fonts, where characters come from some.
  ///
  /// - Throws: `GlyphsError` where they cannot be used.
  func source() throws(GlyphsError) -> Source {
    if from == .strokes { return .strokes }
    let shelf =
      if let fonts {
        try FontShelf(folder: fonts, classes: classes)
      } else {
        try FontShelf(listed: .compiledIn(), classes: classes)
      }
    return from == .fonts ? .fonts(shelf) : .both(shelf)
  }

  /// The classes whose names, one character each, are in `names`, in the order of all.
  private static func classes(_ names: String) throws(GlyphsError) -> [GlyphClass] {
    for name in names where !GlyphClass.all.contains(where: { $0.name == String(name) }) {
      throw .unknownClass(String(name))
    }
    let chosen = GlyphClass.all.filter { names.contains($0.name) }
    if chosen.isEmpty { throw .missingValue("--classes", usage: Self.usage) }
    return chosen
  }
}
