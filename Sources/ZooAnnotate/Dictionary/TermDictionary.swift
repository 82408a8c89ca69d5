import ZooArchive

/// Terms and the forms under which texts have them.
public struct TermDictionary: Sendable, Equatable {
  public struct Term: Sendable, Equatable {
    /// Normalised words, one space between them.
    public let text: String
    /// Nil where it belongs to any.
    public let language: String?
    /// False for a term that is never a label, and only tells which ones are akin.
    public let isLabel: Bool

    public init(_ text: String, language: String? = nil, isLabel: Bool = true) {
      (self.text, self.language, self.isLabel) = (text, language, isLabel)
    }
  }

  /// A text that means a term.
  public struct Form: Sendable, Equatable {
    public let text: String
    /// In records of which language; nil for all.
    public let language: String?
    /// Number of the term.
    public let term: Int

    public init(_ text: String, language: String? = nil, term: Int) {
      (self.text, self.language, self.term) = (text, language, term)
    }
  }

  public let terms: [Term]
  public let forms: [Form]
  private let index: TermIndex
  /// By number in the index: forms of the same text.
  private let meanings: [[Int32]]

  public init(terms: [Term], forms: [Form]) {
    (self.terms, self.forms) = (terms, forms)
    var index = TermIndex(capacity: forms.count)
    var meanings: [[Int32]] = []
    for (number, form) in forms.enumerated() {
      let place = index.add(form.text)
      if place == meanings.count { meanings.append([]) }
      meanings[place].append(Int32(number))
    }
    (self.index, self.meanings) = (index, meanings)
  }

  public static func == (a: TermDictionary, b: TermDictionary) -> Bool { a.terms == b.terms && a.forms == b.forms }

  /// Calls `body` with each term that a phrase means in a language.
  @inline(__always)
  func forEachTerm(
    _ hash: UInt64, _ bytes: [UInt8], _ start: Int, _ end: Int, language: String?, _ body: (Int) -> Void
  ) {
    guard let place = index.find(hash, bytes, start, end) else { return }
    for number in meanings[place] {
      let form = forms[Int(number)]
      if let own = form.language, let language, own != language { continue }
      body(form.term)
    }
  }

  /// The terms that a text means, as a whole.
  public func terms(of text: String, language: String? = nil) -> [Int] {
    guard let term = canonicalTerm(text) else { return [] }
    let bytes = Array(term.utf8)
    var found: [Int] = []
    forEachTerm(WordHash.term(term), bytes, 0, bytes.count, language: language) {
      if !found.contains($0) { found.append($0) }
    }
    return found
  }

  /// Words of the longest form.
  var longest: Int { forms.map { form in form.text.utf8.count { $0 == 0x20 } + 1 }.max() ?? 0 }

  var bytes: [UInt8] {
    var out = ByteWriter()
    out.add(variable: UInt64(terms.count))
    for term in terms {
      out.add(Array(term.text.utf8))
      out.add(Array((term.language ?? "").utf8))
      out.add(variable: term.isLabel ? 1 : 0)
    }
    out.add(variable: UInt64(forms.count))
    for form in forms {
      out.add(Array(form.text.utf8))
      out.add(Array((form.language ?? "").utf8))
      out.add(variable: UInt64(form.term))
    }
    return out.bytes
  }

  init(_ stream: inout ByteStream) throws {
    func language(_ text: String) -> String? { text.isEmpty ? nil : text }
    let termCount = try stream.count(1 << 28)
    var terms: [Term] = []
    for _ in 0..<termCount {
      let (text, own) = (try stream.string(), try stream.string())
      terms.append(Term(text, language: language(own), isLabel: try stream.count(1) == 1))
    }
    let formCount = try stream.count(1 << 28)
    var forms: [Form] = []
    for _ in 0..<formCount {
      let (text, own) = (try stream.string(), try stream.string())
      forms.append(Form(text, language: language(own), term: try stream.count(max(termCount - 1, 0))))
    }
    self.init(terms: terms, forms: forms)
  }
}
