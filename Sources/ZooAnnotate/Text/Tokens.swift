/// The words of a text, in folded form, in one block of bytes: two neighbours have one space between them, so that a phrase
/// is a range of it.
public struct Tokens {
  /// A word.
  public struct Word {
    public var start: Int
    public var end: Int
    var hash: UInt64
    /// Whether punctuation stands before it, across which no phrase goes.
    public var opens: Bool
    /// Letters, digits and marks.
    var letters: Int
    /// Whether it has anything but digits.
    var hasLetter: Bool
  }

  public private(set) var bytes: [UInt8] = []
  public private(set) var words: [Word] = []
  /// Words that were too long, or behind the last that is read.
  public private(set) var dropped = 0
  private var folded: [UInt8] = []

  public init() {}

  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    dropped = 0
  }

  /// Adds the words of a text; the first opens a phrase.
  ///
  /// A word is a run of letters, digits and marks, with apostrophes, hyphens and (between digits) points inside parted:
  /// `t-shirt` is two words, so that it and `t shirt` are the same phrase; `don't` is `don` and `t`. Texts without spaces
  /// between words (Chinese, Japanese, Thai) come as one word a run, and are found where a dictionary has the run.
  public mutating func add(_ text: ArraySlice<UInt8>, limits: TokenLimits) {
    folded.removeAll(keepingCapacity: true)
    var cut = text.prefix(limits.bytes)
    // Not inside a character.
    while cut.count < text.count, let last = cut.last, last >= 0x80, text[cut.endIndex] & 0xC0 == 0x80 {
      cut = cut.dropLast()
    }
    if cut.count < text.count, let last = cut.last, last >= 0xC0 { cut = cut.dropLast() }
    Folding.append(cut, to: &folded)
    let first = words.count
    var opens = true
    var at = 0
    let count = folded.count
    while at < count {
      let byte = folded[at]
      if byte < 0x80 {
        if Self.isWord(byte) {
          let start = at
          at = run(from: at)
          close(start, at, opens: &opens, first, limits)
        } else {
          // Spaces, hyphens, apostrophes and slashes do not part phrases.
          if !Self.joins(byte) { opens = true }
          at += 1
        }
        continue
      }
      let (scalar, length) = Self.scalar(folded, at)
      if Self.isWord(scalar) {
        let start = at
        at = run(from: at)
        close(start, at, opens: &opens, first, limits)
      } else {
        if !scalar.properties.isWhitespace, !scalar.properties.isDash { opens = true }
        at += length
      }
    }
  }

  /// The end of the run of word characters at `start`.
  @inline(__always)
  private func run(from start: Int) -> Int {
    var at = start
    while at < folded.count {
      let byte = folded[at]
      if byte < 0x80 {
        guard Self.isWord(byte) else { return at }
        at &+= 1
      } else {
        let (scalar, length) = Self.scalar(folded, at)
        guard Self.isWord(scalar) else { return at }
        at &+= length
      }
    }
    return at
  }

  private mutating func close(_ start: Int, _ end: Int, opens: inout Bool, _ first: Int, _ limits: TokenLimits) {
    var letters = 0
    var hasLetter = false
    for index in start..<end {
      let byte = folded[index]
      if byte & 0xC0 != 0x80 { letters &+= 1 }
      if byte &- 0x30 >= 10 { hasLetter = true }
    }
    guard letters <= limits.letters, words.count - first < limits.words else {
      dropped += 1
      opens = true
      return
    }
    if !bytes.isEmpty { bytes.append(0x20) }
    let begin = bytes.count
    bytes.append(contentsOf: folded[start..<end])
    words.append(
      Word(
        start: begin, end: bytes.count, hash: WordHash.word(bytes, begin, bytes.count), opens: opens, letters: letters,
        hasLetter: hasLetter))
    opens = false
  }

  @inline(__always)
  private static func isWord(_ byte: UInt8) -> Bool {
    byte &- 0x61 < 26 || byte &- 0x30 < 10
  }

  @inline(__always)
  private static func joins(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: "_"), UInt8(ascii: "/"),
      UInt8(ascii: "#"):
      true
    default: false
    }
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber:
      true
    default: false
    }
  }

  /// The scalar at a place of sound UTF-8, and its length.
  private static func scalar(_ bytes: [UInt8], _ at: Int) -> (Unicode.Scalar, Int) {
    let first = bytes[at]
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard at + length <= bytes.count else { return ("\u{FFFD}", bytes.count - at) }
    var value = UInt32(first & (0xFF >> UInt8(length + 1)))
    for index in 1..<length { value = value << 6 | UInt32(bytes[at + index] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}

/// How much of a text is read.
public struct TokenLimits: Sendable, Equatable {
  /// Of a text.
  public var bytes: Int
  /// Of a text.
  public var words: Int
  /// Of a word.
  public var letters: Int

  public init(bytes: Int = 16384, words: Int = 512, letters: Int = 48) {
    (self.bytes, self.words, self.letters) = (bytes, words, letters)
  }
}

extension Tokens {
  /// The text of words `first..<first + count`.
  public func text(_ first: Int, _ count: Int) -> String {
    String(decoding: bytes[words[first].start..<words[first + count - 1].end], as: UTF8.self)
  }
}

/// A term as dictionaries hold it: the words of a text with one space between them; nil where it has none.
public func canonicalTerm(_ text: String) -> String? {
  var tokens = Tokens()
  let bytes = Array(text.utf8)
  tokens.add(bytes[...], limits: TokenLimits(bytes: 4096, words: 64, letters: 255))
  return tokens.words.isEmpty ? nil : String(decoding: tokens.bytes, as: UTF8.self)
}
