/// What a search found, as a page: each query with its hits beside it.
public struct SearchPage: Sendable {
  /// A thing with its name, and a picture where there is one.
  public struct Item: Sendable {
    public let name: String
    public let label: String?
    public let thumbnail: Thumbnail?

    public init(name: String, label: String? = nil, thumbnail: Thumbnail? = nil) {
      (self.name, self.label, self.thumbnail) = (name, label, thumbnail)
    }
  }

  public struct Query: Sendable {
    public let item: Item
    /// The nearest first, each with its score as text.
    public let hits: [(item: Item, score: String)]

    public init(item: Item, hits: [(item: Item, score: String)]) { (self.item, self.hits) = (item, hits) }
  }

  public let title: String
  public let facts: String
  public let queries: [Query]
  /// Things that the page does not show, one line each.
  public let notes: [String]

  public init(title: String, facts: String, queries: [Query], notes: [String] = []) {
    (self.title, self.facts, self.queries, self.notes) = (title, facts, queries, notes)
  }

  public func html() -> String {
    var body = "<h1>\(escaped(title))</h1>\n<p class=\"sub\">\(escaped(facts))</p>\n"
    for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
    for query in queries {
      body += "<h2>\(escaped(query.item.name))</h2>\n<div class=\"mistakes\">\n"
      body += figure(query.item, lines: ["<small>query</small>"])
      for (rank, hit) in query.hits.enumerated() {
        // Labels are coloured where both are known.
        let tone = hit.item.label.flatMap { label in query.item.label.map { $0 == label ? "is" : "said" } }
        let label = hit.item.label.map { "<span class=\"\(tone ?? "")\">\(escaped($0))</span> " } ?? ""
        body += figure(hit.item, lines: ["\(rank + 1). \(label)\(escaped(hit.score))"], showsLabel: false)
      }
      body += "</div>\n"
    }
    return page(title: title, body: body)
  }

  private func figure(_ item: Item, lines: [String], showsLabel: Bool = true) -> String {
    let picture = item.thumbnail.map { "<img alt=\"\" src=\"\($0.address)\">" } ?? ""
    let label = showsLabel ? item.label.map { escaped($0) + "<br>" } ?? "" : ""
    return "<figure>\(picture)<figcaption>\(label)\(lines.joined(separator: "<br>"))"
      + "<small>\(escaped(item.name))</small></figcaption></figure>\n"
  }
}
