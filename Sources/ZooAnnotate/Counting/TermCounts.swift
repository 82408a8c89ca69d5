/// The terms of a dictionary with exact counts: what clustering and scores begin from.
public struct TermCounts: Sendable, Equatable {
  /// A canonical term.
  public struct Term: Sendable, Equatable {
    /// Normalised words, one space between them.
    public let text: String
    /// Nil where it belongs to any.
    public let language: String?
    /// Records that have it, under any of its forms, in any signal.
    public let records: Int
    /// False for a term that is never a label, and only tells which ones are akin.
    public let isLabel: Bool

    public init(text: String, language: String? = nil, records: Int, isLabel: Bool = true) {
      (self.text, self.language, self.records, self.isLabel) = (text, language, records, isLabel)
    }
  }

  /// How many records have both of two terms.
  public struct Pair: Sendable, Equatable {
    /// Numbers of terms, `first < second`.
    public let first: Int32
    public let second: Int32
    public let records: Int

    public init(_ first: Int32, _ second: Int32, records: Int) {
      (self.first, self.second, self.records) = (first, second, records)
    }
  }

  /// By number: most frequent first, then in byte order of their texts and languages.
  public let terms: [Term]
  /// In rising order of `first`, then `second`; those with too few records are left out.
  public let pairs: [Pair]
  /// All records that were counted.
  public let records: Int

  public init(terms: [Term], pairs: [Pair], records: Int) {
    (self.terms, self.pairs, self.records) = (terms, pairs, records)
  }
}
