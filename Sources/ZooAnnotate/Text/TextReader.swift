import ZooRecipe

/// Reads the words of a record's signals, and tells whether its language is wanted.
struct TextReader {
  /// Words of one text of a record.
  struct Span {
    let signal: Int
    let words: Range<Int>
  }

  private struct Signal {
    let field: Int
    let separator: [UInt8]?
  }

  let fields: RecordFields
  let imageField: Int?
  let idField: Int?
  let urlField: Int?
  let groupField: Int?
  private let languageField: Int?
  private let signals: [Signal]
  private let recipe: AnnotationRecipe
  private let limits: TokenLimits
  private let detector: LanguageDetector?
  private let stopWords: WordList

  private(set) var tokens = Tokens()
  private(set) var spans: [Span] = []
  /// By word: whether a stop list has it.
  private(set) var isStop: [Bool] = []
  /// Of the record; nil where it is not known.
  private(set) var language: String?

  init(_ recipe: AnnotationRecipe) throws {
    var fields = RecordFields()
    let signals = recipe.signals.map { signal in
      Signal(field: fields.add(signal.field, isSignal: true), separator: signal.separator.map { Array($0.utf8) })
    }
    imageField = recipe.input.format == .webdataset ? nil : fields.add(recipe.input.image, isSignal: false)
    idField = recipe.input.id.map { fields.add($0, isSignal: false) } ?? imageField
    urlField = recipe.input.url.map { fields.add($0, isSignal: false) }
    groupField = recipe.input.group.map { fields.add($0, isSignal: false) }
    languageField = recipe.language.field.map { fields.add($0, isSignal: false) }
    self.fields = fields
    self.signals = signals
    self.recipe = recipe
    limits = TokenLimits(bytes: recipe.text.signalBytes, words: recipe.text.tokens, letters: recipe.text.longestWord)
    detector = recipe.language.profiles.isEmpty ? nil : try LanguageDetector(recipe.language.profiles)
    stopWords = try WordList(recipe.stopLists)
  }

  /// The name of a record by which samples and truth speak of it.
  func id(_ record: Record) -> String {
    record.text(idField) ?? record.image.map { image in
      // A sample's name ends at the first dot of its file's.
      let file = image.name.lastIndex(of: "/").map { image.name.index(after: $0) } ?? image.name.startIndex
      return String(image.name[..<(image.name[file...].firstIndex(of: ".") ?? image.name.endIndex)])
    } ?? ""
  }

  /// False where the record's language is not wanted.
  mutating func read(_ record: Record) -> Bool {
    tokens.removeAll()
    spans.removeAll(keepingCapacity: true)
    for (number, signal) in signals.enumerated() {
      for piece in record.pieces where piece.field == signal.field {
        add(record.bytes[piece.start..<piece.end], number, signal.separator)
      }
    }
    language = language(of: record)
    if let language {
      guard recipe.language.keep.isEmpty || recipe.language.keep.contains(language) else { return false }
    } else if !recipe.language.keep.isEmpty, !recipe.language.keepsUnknown {
      return false
    }
    isStop.removeAll(keepingCapacity: true)
    for word in tokens.words { isStop.append(stopWords.contains(word, of: tokens)) }
    return true
  }

  private mutating func add(_ text: ArraySlice<UInt8>, _ signal: Int, _ separator: [UInt8]?) {
    guard let separator, let first = separator.first else {
      let begin = tokens.words.count
      tokens.add(text, limits: limits)
      if tokens.words.count > begin { spans.append(Span(signal: signal, words: begin..<tokens.words.count)) }
      return
    }
    var start = text.startIndex
    var at = start
    while at < text.endIndex {
      if text[at] == first, text[at...].starts(with: separator) {
        add(text[start..<at], signal, nil)
        at += separator.count
        start = at
      } else {
        at += 1
      }
    }
    add(text[start..<text.endIndex], signal, nil)
  }

  private func language(of record: Record) -> String? {
    if let said = record.text(languageField) { return said }
    guard let detector, let guess = detector.guess(tokens), guess.confidence >= recipe.language.least else { return nil }
    return detector.languages[guess.language]
  }

  /// Calls `body` once with each phrase of up to `words` words that can be a term: its hash and its bytes in `tokens`.
  ///
  /// A phrase crosses no punctuation, and neither begins nor ends with a stop word; a single word has letters, and enough
  /// of them.
  /// - Parameter seen: memory for those of one record.
  @inline(__always)
  func forEachPhrase(once seen: inout DistinctHashes, _ body: (_ hash: UInt64, _ start: Int, _ end: Int) -> Void) {
    seen.removeAll()
    let words = tokens.words
    let longest = recipe.text.words
    let shortest = recipe.text.shortestWord
    for span in spans {
      for first in span.words where !isStop[first] {
        let word = words[first]
        var hash = word.hash
        if word.letters >= shortest, word.hasLetter, seen.insert(hash) { body(hash, word.start, word.end) }
        var hasLetter = word.hasLetter
        var last = first &+ 1
        let limit = min(span.words.upperBound, first &+ longest)
        while last < limit, !words[last].opens {
          hash = WordHash.phrase(hash, words[last].hash)
          hasLetter = hasLetter || words[last].hasLetter
          if !isStop[last], hasLetter, seen.insert(hash) { body(hash, word.start, words[last].end) }
          last &+= 1
        }
      }
    }
  }

  /// The same for texts that are the same but for spaces, punctuation and case; nil where there are no words.
  var digest: UInt64? {
    guard !tokens.words.isEmpty else { return nil }
    var hash: UInt64 = 0x2545_F491_4F6C_DD1D
    for span in spans {
      hash = WordHash.mix(hash ^ UInt64(span.signal + 1), 0x9E37_79B9_7F4A_7C15)
      for word in span.words { hash = WordHash.phrase(hash, tokens.words[word].hash) }
    }
    return hash
  }
}
