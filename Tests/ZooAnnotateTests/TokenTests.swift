import Testing
import ZooAnnotate

private func words(_ text: String, _ limits: TokenLimits = TokenLimits()) -> [String] {
  var tokens = Tokens()
  let bytes = Array(text.utf8)
  tokens.add(bytes[...], limits: limits)
  return tokens.words.indices.map { (tokens.words[$0].opens ? "|" : "") + tokens.text($0, 1) }
}

@Suite("Words")
struct TokenTests {
  @Test func punctuationPartsPhrasesAndHyphensDoNot() {
    #expect(words("Red T-Shirt, size 40!") == ["|red", "t", "shirt", "|size", "40"])
    #expect(words("  ") == [])
    #expect(words("a\u{0}b") == ["|a", "|b"])
  }

  @Test func compatibilityFormsAndCaseAreAlike() {
    #expect(words("ＦＵＬＬ ﬁne ①") == ["|full", "fine", "1"])
    #expect(words("STRASSE Straße") == ["|strasse", "strasse"])
    #expect(words("Ὀδυσσεύς ὈΔΥΣΣΕΎΣ")[0].dropFirst() == words("Ὀδυσσεύς ὈΔΥΣΣΕΎΣ")[1])
    // A composed letter and a letter with a mark of its own.
    #expect(words("caf\u{E9}") == words("cafe\u{301}"))
    #expect(words("ΣΊΣΥΦΟΣ") == words("σίσυφος"))
  }

  @Test func textsAreReadUpToTheirLimits() {
    #expect(words("one two three", TokenLimits(bytes: 99, words: 2, letters: 9)) == ["|one", "two"])
    #expect(words("short looooong end", TokenLimits(bytes: 99, words: 9, letters: 5)) == ["|short", "|end"])
    // Cut between characters, never inside one.
    for bytes in 1...9 {
      let found = words("ééééé", TokenLimits(bytes: bytes, words: 9, letters: 9))
      #expect(found == (bytes < 2 ? [] : ["|" + String(repeating: "é", count: bytes / 2)]))
    }
  }

  @Test func brokenUTF8IsNoTrap() {
    var tokens = Tokens()
    for bytes: [UInt8] in [[0xFF, 0xFE], [0x61, 0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80, 0x80]] {
      tokens.add(bytes[...], limits: TokenLimits())
    }
    #expect(tokens.words.count == 1)
  }
}

@Suite("Languages")
struct LanguageTests {
  private let detector = LanguageDetector([
    ("en", "the a of and in is it you that he was for on are with as his they be at one have this from or had by"),
    ("de", "der die das und in ist es du dass er war für auf sind mit als seine sie sein bei ein haben dies von oder"),
    ("fr", "le la les de et dans est il tu que elle était pour sur sont avec comme ses ils être à un avoir ce ou par"),
  ])

  @Test(arguments: [
    ("this is the red shirt that was for you", 0), ("das ist das rote Hemd und es war für sie", 1),
    ("c'est la chemise que tu avais pour elle", 2),
  ])
  func sentencesAreTold(text: String, language: Int) {
    let guess = detector.guess(text)
    #expect(guess?.language == language)
    #expect(guess?.confidence ?? 0 > 0.9)
  }

  @Test func nothingIsNotALanguage() {
    #expect(detector.guess("123 !!") == nil)
    // A word of none of them is nothing to be sure of.
    #expect(detector.guess("zzz")?.confidence ?? 0 < 0.8)
  }
}
