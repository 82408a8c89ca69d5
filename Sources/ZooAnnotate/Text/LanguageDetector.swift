import ZooRecipe

/// Tells a text's language from its words and its groups of three letters.
///
/// Naive Bayes over both: each word of the text adds log P(word | language) where some language's sample has it, and the
/// mean of log P(letter | two before) of its letters elsewhere, with one added to every count. Languages are equally likely
/// beforehand. A sample of a few hundred everyday words a language is enough for whole sentences; single words often stay
/// unknown, and what is told of them is as sure as `confidence` says.
public struct LanguageDetector: Sendable {
  public struct Guess: Sendable, Equatable {
    /// In `languages`.
    public let language: Int
    /// Its share of the probability of all.
    public let confidence: Double
  }

  public let languages: [String]
  /// By hash of a word or of three letters: log probabilities, one for each language.
  private let words: [UInt64: [Float]]
  private let letters: [UInt64: [Float]]
  /// Of letters that no sample has.
  private let unseen: [Float]

  /// - Parameter samples: a text in each language.
  public init(_ samples: [(language: String, text: String)]) {
    languages = samples.map(\.language)
    let count = samples.count
    var wordCounts: [UInt64: [Float]] = [:]
    var letterCounts: [UInt64: [Float]] = [:]
    var (words, letters) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    for (number, sample) in samples.enumerated() {
      var tokens = Tokens()
      let bytes = Array(sample.text.utf8)
      tokens.add(bytes[...], limits: TokenLimits(bytes: 1 << 26, words: 1 << 20, letters: 48))
      for word in tokens.words {
        wordCounts[word.hash, default: [Float](repeating: 0, count: count)][number] += 1
        words[number] += 1
        Self.forEachGroup(tokens, word) { group in
          letterCounts[group, default: [Float](repeating: 0, count: count)][number] += 1
          letters[number] += 1
        }
      }
    }
    let (kinds, groups) = (Float(wordCounts.count), Float(letterCounts.count))
    let (wordTotals, letterTotals) = (words, letters)
    self.words = wordCounts.mapValues { counts in
      (0..<count).map { logarithm((counts[$0] + 0.2) / (wordTotals[$0] + 0.2 * kinds)) }
    }
    self.letters = letterCounts.mapValues { counts in
      (0..<count).map { logarithm((counts[$0] + 0.5) / (letterTotals[$0] + 0.5 * groups)) }
    }
    unseen = (0..<count).map { logarithm(0.5 / (letterTotals[$0] + 0.5 * groups)) }
  }

  init(_ profiles: [(name: String, path: RecipePath)]) throws {
    self.init(try profiles.map { ($0.name, try textFile($0.path)) })
  }

  /// Nil for a text without words.
  public func guess(_ text: String) -> Guess? {
    var tokens = Tokens()
    let bytes = Array(text.utf8)
    tokens.add(bytes[...], limits: TokenLimits())
    return guess(tokens)
  }

  func guess(_ tokens: Tokens) -> Guess? {
    var scores = [Float](repeating: 0, count: languages.count)
    var seen = false
    for word in tokens.words.prefix(256) where word.hasLetter {
      seen = true
      if let known = words[word.hash] {
        for number in scores.indices { scores[number] += known[number] }
        continue
      }
      Self.forEachGroup(tokens, word) { group in
        let known = letters[group] ?? unseen
        // Groups overlap; a third of each is what a letter adds.
        for number in scores.indices { scores[number] += known[number] / 3 }
      }
    }
    guard seen, let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
    var sum = 0.0
    for score in scores { sum += exponential(Double(score - scores[best])) }
    return Guess(language: best, confidence: 1 / sum)
  }

  private static func forEachGroup(_ tokens: Tokens, _ word: Tokens.Word, _ body: (UInt64) -> Void) {
    var (before, last) = (UInt64(0x20), UInt64(0x20))
    for scalar in String(decoding: tokens.bytes[word.start..<word.end], as: UTF8.self).unicodeScalars {
      body(before << 42 | last << 21 | UInt64(scalar.value))
      (before, last) = (last, UInt64(scalar.value))
    }
    body(before << 42 | last << 21 | 0x20)
  }
}
