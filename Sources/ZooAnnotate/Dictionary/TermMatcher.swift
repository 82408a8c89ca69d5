import ZooRecipe

/// A term in a signal of a record.
struct TermHit: Equatable, Sendable {
  let term: Int32
  let signal: Int32
  /// How often.
  var count: Int32
}

/// Finds the terms of a dictionary in the words of a record.
struct TermMatcher {
  private struct Match {
    let words: Range<Int>
    let term: Int
  }

  let dictionary: TermDictionary
  private let longest: Int
  /// Whether a term inside a longer one counts too.
  private let keepsNested: Bool
  private var matches: [Match] = []
  /// By term, then by signal.
  private(set) var hits: [TermHit] = []

  init(_ dictionary: TermDictionary, _ recipe: AnnotationRecipe) {
    self.dictionary = dictionary
    longest = min(dictionary.longest, recipe.text.words)
    keepsNested = recipe.dictionary.nested
  }

  /// Any phrase that is a form of a term, also with stop words; none goes across punctuation.
  mutating func find(_ reader: TextReader) {
    hits.removeAll(keepingCapacity: true)
    let tokens = reader.tokens
    for span in reader.spans {
      matches.removeAll(keepingCapacity: true)
      for first in span.words {
        var hash = tokens.words[first].hash
        var last = first
        let limit = min(span.words.upperBound, first &+ longest)
        while true {
          dictionary.forEachTerm(
            hash, tokens.bytes, tokens.words[first].start, tokens.words[last].end, language: reader.language
          ) { term in
            // Two languages may have the same form of a term.
            if let before = matches.last, before.term == term, before.words == first..<last + 1 { return }
            matches.append(Match(words: first..<last + 1, term: term))
          }
          last &+= 1
          guard last < limit, !tokens.words[last].opens else { break }
          hash = WordHash.phrase(hash, tokens.words[last].hash)
        }
      }
      if !keepsNested { dropNested() }
      for match in matches { hits.append(TermHit(term: Int32(match.term), signal: Int32(span.signal), count: 1)) }
    }
    join()
  }

  /// Leaves out matches whose words lie inside a longer one's.
  private mutating func dropNested() {
    guard matches.count > 1 else { return }
    matches = matches.filter { match in
      !matches.contains {
        $0.words.count > match.words.count && $0.words.lowerBound <= match.words.lowerBound
          && $0.words.upperBound >= match.words.upperBound
      }
    }
  }

  private mutating func join() {
    guard hits.count > 1 else { return }
    hits.sort { $0.term != $1.term ? $0.term < $1.term : $0.signal < $1.signal }
    var kept = 0
    for index in 1..<hits.count {
      if hits[index].term == hits[kept].term, hits[index].signal == hits[kept].signal {
        hits[kept].count &+= hits[index].count
      } else {
        kept += 1
        hits[kept] = hits[index]
      }
    }
    hits.removeSubrange((kept + 1)...)
  }
}
