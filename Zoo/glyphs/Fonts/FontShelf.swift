import FoundationEssentials
import Glibc

/// The outlines to draw characters from.
struct FontShelf: Sendable {
  /// What a font file is called below its folder, and its digest; in the order in which they are used.
  let files: [(name: String, digest: String)]
  /// For each class, one for each font that has it; never none.
  let outlines: [[Outline]]

  /// The fonts of the list, which have to be there all: with fewer, a seed would make other images.
  ///
  /// - Throws: `GlyphsError` where one is missing or broken, or none has a class.
  init(listed list: FontList, in folder: String = FontList.folder, classes: [GlyphClass]) throws(GlyphsError) {
    let missing = list.fonts.filter { access(folder + "/" + $0.file, R_OK) != 0 }
    if let first = missing.first { throw .missingFonts(missing.count, of: list.fonts.count, first: first.file) }
    try self.init(list.fonts.map { ($0.file, $0.without) }, in: folder, classes)
  }

  /// All fonts below a folder, in the order of their paths' bytes.
  ///
  /// - Throws: `GlyphsError` where there is none, one is broken, or none has a class.
  init(folder: String, classes: [GlyphClass]) throws(GlyphsError) {
    guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw .fontFolder(folder)
    }
    let names = paths.filter { [".ttf", ".otf"].contains($0.suffix(4).lowercased()) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if names.isEmpty { throw .noFonts(folder) }
    try self.init(names.map { ($0, []) }, in: folder, classes)
  }

  private init(
    _ names: [(file: String, without: Set<String>)], in folder: String, _ classes: [GlyphClass]
  ) throws(GlyphsError) {
    // A small letter is held against its capital.
    let characters = classes.map(\.name)
    let capitals = characters.map { $0.uppercased() }.filter { !characters.contains($0) }
    var files: [(name: String, digest: String)] = []
    var outlines = [[Outline]](repeating: [], count: classes.count)
    for (file, without) in names {
      let font = try FontFile(folder + "/" + file, characters: characters + capitals)
      files.append((file, font.digest))
      for (index, name) in characters.enumerated() where !without.contains(name) {
        guard let outline = font.outlines[name] else { continue }
        if name != name.uppercased(), let capital = font.outlines[name.uppercased()], outline.looksLike(capital) {
          continue
        }
        outlines[index].append(outline)
      }
    }
    if let index = outlines.firstIndex(where: \.isEmpty) { throw .noFontHas(characters[index], folder) }
    self.files = files
    self.outlines = outlines
  }

  /// A line for each file as `sha256sum` writes them, and checks them in the fonts' folder.
  var text: String { files.map { "\($0.digest)  \($0.name)\n" }.joined() }
}

extension Outline {
  /// Whether the two cannot be told apart once both are stretched to one box: of the ink of both, less than an eighth is
  /// of one alone. Many fonts have capitals in the place of small letters.
  func looksLike(_ other: Outline) -> Bool {
    guard let mine = filled, let theirs = other.filled else { return false }
    let rows = zip(mine.rows, theirs.rows)
    let (different, either) = rows.reduce((0, 0)) {
      ($0.0 + ($1.0 ^ $1.1).nonzeroBitCount, $0.1 + ($1.0 | $1.1).nonzeroBitCount)
    }
    return 8 * different < either
  }

  private var filled: FineBitmap? {
    guard let window = FineBitmap.Window(around: contours, margin: 0) else { return nil }
    var fine = FineBitmap()
    fine.fill(contours, window)
    return fine
  }
}
