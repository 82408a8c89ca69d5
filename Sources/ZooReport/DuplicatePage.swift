/// Pairs of examples that show the same, side by side.
public struct DuplicatePage: Sendable {
  public struct Pair: Sendable {
    public let example: SearchPage.Item
    public let other: SearchPage.Item
    /// How near they are, as text.
    public let facts: String

    public init(example: SearchPage.Item, other: SearchPage.Item, facts: String) {
      (self.example, self.other, self.facts) = (example, other, facts)
    }
  }

  public let title: String
  public let facts: String
  /// Counts to show large, with their words.
  public let counts: [(name: String, count: Int)]
  public let pairs: [Pair]
  public let notes: [String]

  public init(
    title: String, facts: String, counts: [(name: String, count: Int)], pairs: [Pair], notes: [String] = []
  ) {
    (self.title, self.facts, self.counts, self.pairs, self.notes) = (title, facts, counts, pairs, notes)
  }

  public func html() -> String {
    var body = "<h1>\(escaped(title))</h1>\n<p class=\"sub\">\(escaped(facts))</p>\n<div class=\"tiles\">\n"
    for item in counts {
      body += "<div class=\"tile\"><b>\(grouped(item.count))</b><span>\(escaped(item.name))</span></div>\n"
    }
    body += "</div>\n"
    for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
    if !pairs.isEmpty { body += "<h2>Pairs</h2>\n<div class=\"charts\">\n" }
    for pair in pairs {
      body += "<figure><div style=\"display:flex\">\(picture(pair.example))\(picture(pair.other))</div>"
      body += "<figcaption>\(escaped(pair.facts))<small>\(named(pair.example))</small>"
      body += "<small>\(named(pair.other))</small></figcaption></figure>\n"
    }
    if !pairs.isEmpty { body += "</div>\n" }
    return page(title: title, body: body)
  }

  private func picture(_ item: SearchPage.Item) -> String {
    item.thumbnail.map { "<img alt=\"\" style=\"width:50%\" src=\"\($0.address)\">" }
      ?? "<span style=\"width:50%\"></span>"
  }

  private func named(_ item: SearchPage.Item) -> String {
    escaped(item.name) + (item.label.map { " (\(escaped($0)))" } ?? "")
  }
}
