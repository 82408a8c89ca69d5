import ZooArchive
import ZooRecipe

/// Makes a dictionary of the phrases that a corpus has: those frequent enough, phrases whose words belong together, and
/// under one term what is a plural or a misspelling of another.
struct DictionaryBuilder {
  /// Phrases by why they are no terms, or no terms of their own.
  struct LeftOut: Equatable {
    var rare = 0
    var common = 0
    var loose = 0
    var plurals = 0
    var misspelt = 0
    var beyondLimit = 0

    var facts: JSONObject {
      [
        "too_rare": .int(Int64(rare)), "too_common": .int(Int64(common)), "loose_phrases": .int(Int64(loose)),
        "plurals": .int(Int64(plurals)), "misspelt": .int(Int64(misspelt)), "beyond_the_limit": .int(Int64(beyondLimit)),
      ]
    }
  }

  let settings: AnnotationRecipe.Dictionary

  init(_ recipe: AnnotationRecipe) { settings = recipe.dictionary }

  func build(_ candidates: [CandidateTable.Candidate], records: Int, words: Int) -> (
    dictionary: TermDictionary, leftOut: LeftOut
  ) {
    var counts: [String: Int] = [:]
    for candidate in candidates { counts[candidate.text] = Int(candidate.records) }
    var leftOut = LeftOut()
    let most = Int((settings.largestShare * Double(records)).rounded(.down))
    var kept: [(text: String, records: Int)] = []
    for candidate in candidates {
      let count = Int(candidate.records)
      if count < settings.records {
        leftOut.rare += 1
      } else if count > most {
        leftOut.common += 1
      } else if !coheres(candidate.text, count, counts, records) {
        leftOut.loose += 1
      } else {
        kept.append((candidate.text, count))
      }
    }
    kept.sort { $0.records != $1.records ? $0.records > $1.records : $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    let forms = CanonicalForms(settings, kept)
    var terms: [TermDictionary.Term] = []
    var numbers: [String: Int] = [:]
    for (number, term) in kept.enumerated() where forms.canonical[number] == number {
      guard terms.count < settings.terms else {
        leftOut.beyondLimit += 1
        continue
      }
      numbers[term.text] = terms.count
      terms.append(TermDictionary.Term(term.text))
    }
    var all: [TermDictionary.Form] = []
    for (number, term) in kept.enumerated() {
      guard let own = numbers[kept[forms.canonical[number]].text] else { continue }
      all.append(TermDictionary.Form(term.text, term: own))
    }
    leftOut.plurals = forms.plurals
    leftOut.misspelt = forms.misspelt
    return (TermDictionary(terms: terms, forms: all), leftOut)
  }

  /// Whether the halves of a phrase occur together more than by chance, wherever it is cut: the least normalised pointwise
  /// mutual information (Bouma, 2009) over records. Halves that are no candidates themselves (they end with a stop word) are
  /// passed over.
  private func coheres(_ text: String, _ count: Int, _ counts: [String: Int], _ records: Int) -> Bool {
    guard text.utf8.contains(0x20), records > 0 else { return true }
    for cut in text.indices where text[cut] == " " {
      guard let left = counts[String(text[..<cut])], let right = counts[String(text[text.index(after: cut)...])] else {
        continue
      }
      if Self.npmi(count, left, right, of: records) < settings.cohesion { return false }
    }
    return true
  }

  /// From -1 (never together) over 0 (independent) to 1 (always together).
  static func npmi(_ both: Int, _ left: Int, _ right: Int, of records: Int) -> Double {
    guard both > 0, left > 0, right > 0, records > 0 else { return -1 }
    let share = Double(both) / Double(records)
    guard share < 1 else { return 1 }
    let ratio = share / (Double(left) / Double(records) * (Double(right) / Double(records)))
    return logarithm(ratio) / -logarithm(share)
  }
}
