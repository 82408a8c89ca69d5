/// A font that characters are drawn from by default.
struct ListedFont {
  let package: String
  let licence: String
  /// Below the folder of the system's fonts.
  let file: String
  /// Characters that it draws as others are drawn (small letters as capitals, a zero with a slash): they are not used.
  let without: Set<String>
}

/// The fonts that characters are drawn from where no folder is given: `Fonts/fonts.tsv`, which is compiled in.
struct FontList {
  /// Where Debian's packages put them.
  static let folder = "/usr/share/fonts"

  let fonts: [ListedFont]

  /// - Throws: `GlyphsError.fontList` for a line that is not package, licence, file and perhaps characters.
  init(_ text: String) throws(GlyphsError) {
    var fonts: [ListedFont] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard (3...4).contains(cells.count), !cells.contains(where: \.isEmpty) else {
        throw .fontList(line: number + 1)
      }
      let without = cells.count == 4 ? Set(cells[3].map { String($0) }) : []
      fonts.append(ListedFont(package: cells[0], licence: cells[1], file: cells[2], without: without))
    }
    self.fonts = fonts
  }

  static func compiledIn() throws(GlyphsError) -> FontList {
    try FontList(String(decoding: PackageResources.fonts_tsv, as: UTF8.self))
  }
}
