/// A language of the corpus.
enum Language: Int, CaseIterable {
  case english
  case german
  case french

  var code: String { ["en", "de", "fr"][rawValue] }
}

/// Words of one meaning: for each language its synonyms, never none.
struct LexiconEntry {
  let key: String
  /// By `Language.rawValue`.
  let forms: [[String]]
}

/// The words that the corpus is written with: `words/words.tsv`, which is compiled in.
struct Lexicon {
  private let entries: [String: [LexiconEntry]]

  /// - Throws: `GlyphsError.words` for a line that is not kind, key and at least one language, or that holds what JSON
  ///   would have to escape.
  init(_ text: String) throws(GlyphsError) {
    var entries: [String: [LexiconEntry]] = [:]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("#") { continue }
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard cells.count == 3 || cells.count == 5, !line.contains(where: { $0 == "\"" || $0 == "\\" }) else {
        throw .words(line: number + 1)
      }
      var forms = cells.dropFirst(2).map { $0.split(separator: "|").map(String.init) }
      while forms.count < Language.allCases.count { forms.append(forms[0]) }
      if forms.contains(where: \.isEmpty) { throw .words(line: number + 1) }
      entries[String(cells[0]), default: []].append(LexiconEntry(key: String(cells[1]), forms: forms))
    }
    self.entries = entries
  }

  static func compiledIn() throws(GlyphsError) -> Lexicon {
    try Lexicon(String(decoding: PackageResources.words_tsv, as: UTF8.self))
  }

  /// - Throws: `GlyphsError.wordsLack` where there is none of the kind.
  func entries(_ kind: String) throws(GlyphsError) -> [LexiconEntry] {
    guard let found = entries[kind], !found.isEmpty else { throw .wordsLack(kind) }
    return found
  }
}
