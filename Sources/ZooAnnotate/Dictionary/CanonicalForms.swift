import ZooRecipe

/// Which terms are only another form of one that is there.
///
/// A plural is the form of its singular where that is a term, however frequent each is. A misspelling is the form of a word
/// that is `spellingRatio` times as frequent and within `spelling` insertions, deletions, replacements or swaps of
/// neighbours; only words of five letters and more without digits, for a second difference of nine.
struct CanonicalForms {
  /// By number of a term: that of its canonical form, which is its own.
  private(set) var canonical: [Int]
  private(set) var plurals = 0
  private(set) var misspelt = 0

  /// - Parameter terms: the most frequent first.
  init(_ settings: AnnotationRecipe.Dictionary, _ terms: [(text: String, records: Int)]) {
    canonical = Array(terms.indices)
    var numbers: [String: Int] = [:]
    for (number, term) in terms.enumerated() { numbers[term.text] = number }
    if settings.plurals { joinPlurals(terms, numbers) }
    if settings.spelling > 0 { joinMisspelt(terms, settings) }
    // A plural of a misspelling of a term is a form of that term.
    for number in canonical.indices {
      var place = number
      while canonical[place] != place { place = canonical[place] }
      canonical[number] = place
    }
  }

  private mutating func joinPlurals(_ terms: [(text: String, records: Int)], _ numbers: [String: Int]) {
    for (number, term) in terms.enumerated() {
      guard let singular = Self.singulars(term.text).lazy.compactMap({ numbers[$0] }).first, singular != number else { continue }
      canonical[number] = singular
      plurals += 1
    }
  }

  /// Texts that a term could be the plural of, by its last word's ending.
  static func singulars(_ text: String) -> [String] {
    let last = text.split(separator: " ").last ?? ""
    guard last.count >= 4 else { return [] }
    func without(_ ending: String, _ then: String = "") -> String? {
      text.hasSuffix(ending) ? text.dropLast(ending.count) + then : nil
    }
    var found: [String] = []
    func add(_ candidate: String?) { if let candidate, !found.contains(candidate) { found.append(candidate) } }
    if !last.hasSuffix("ss") {
      // English.
      add(without("ies", "y"))
      for ending in ["ches", "shes", "xes", "sses", "zes"] { add(without(ending, String(ending.dropLast(2)))) }
      // English, French, Spanish.
      add(without("s"))
      add(without("es"))
    }
    // French.
    add(without("eaux", "eau"))
    add(without("aux", "al"))
    // German, whose shorter words have such endings by chance.
    if last.count >= 6 {
      add(without("en"))
      add(without("n"))
    }
    return found
  }

  private mutating func joinMisspelt(_ terms: [(text: String, records: Int)], _ settings: AnnotationRecipe.Dictionary) {
    // Words with some letters left out, of those seen so far: two words within a distance of d share one with at most d left out.
    var shortened: [UInt64: [Int32]] = [:]
    for (number, term) in terms.enumerated() {
      guard let letters = Self.letters(term.text) else { continue }
      let reach = min(settings.spelling, letters.count >= 9 ? 2 : 1)
      var best: (distance: Int, number: Int)?
      var tried: Set<Int32> = []
      for hash in Self.shortenings(letters, reach) {
        for other in shortened[hash] ?? [] where tried.insert(other).inserted {
          let known = terms[Int(other)]
          guard Double(known.records) >= settings.spellingRatio * Double(term.records) else { continue }
          let distance = editDistance(term.text, known.text)
          if distance <= reach, distance > 0, distance < best?.distance ?? Int.max {
            best = (distance, Int(other))
          }
        }
      }
      if let best, canonical[number] == number {
        canonical[number] = best.number
        misspelt += 1
      } else if Double(term.records) >= settings.spellingRatio * Double(settings.records) {
        for hash in Self.shortenings(letters, reach) { shortened[hash, default: []].append(Int32(number)) }
      }
    }
  }

  /// Nil for what is no single word, too short, or has a digit.
  private static func letters(_ text: String) -> [Unicode.Scalar]? {
    let letters = Array(text.unicodeScalars)
    guard letters.count >= 5, letters.count <= 48,
      !letters.contains(where: { $0 == " " || ("0"..."9").contains($0) })
    else { return nil }
    return letters
  }

  /// Hashes of a word with up to `reach` letters left out.
  private static func shortenings(_ letters: [Unicode.Scalar], _ reach: Int) -> Set<UInt64> {
    var found: Set<UInt64> = []
    func add(_ left: [Unicode.Scalar], _ reach: Int) {
      var hash: UInt64 = 0x51_7C_C1_B7_27_22_0A_95
      for letter in left { hash = WordHash.mix(hash ^ UInt64(letter.value), 0x9E37_79B9_7F4A_7C15) }
      found.insert(hash)
      guard reach > 0 else { return }
      for index in left.indices {
        var shorter = left
        shorter.remove(at: index)
        add(shorter, reach - 1)
      }
    }
    add(letters, reach)
    return found
  }
}
