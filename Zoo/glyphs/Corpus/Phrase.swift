/// One way to say something, in the forms in which people write it, as UTF-8.
struct Phrase {
  let text: String
  let lower: [UInt8]
  /// Each word with a capital.
  let title: [UInt8]
  let upper: [UInt8]
  /// Accents as marks of their own (NFD).
  let decomposed: [UInt8]

  init(_ text: String) {
    self.text = text
    lower = Array(text.utf8)
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    title = Array(words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ").utf8)
    upper = Array(text.uppercased().utf8)
    var marks: [UInt8] = []
    for scalar in text.unicodeScalars { marks += Self.decomposition[scalar].map { Array($0.utf8) } ?? Array(String(scalar).utf8) }
    decomposed = marks
  }

  /// The letters with marks that the word list has.
  private static let decomposition: [Unicode.Scalar: String] = [
    "ä": "a\u{308}", "ö": "o\u{308}", "ü": "u\u{308}", "é": "e\u{301}", "è": "e\u{300}", "ê": "e\u{302}",
    "à": "a\u{300}", "â": "a\u{302}", "î": "i\u{302}", "ô": "o\u{302}", "ë": "e\u{308}", "ç": "c\u{327}", "û": "u\u{302}",
  ]
}
