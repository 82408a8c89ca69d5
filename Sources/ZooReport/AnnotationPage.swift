/// What an annotation came to, on one page.
public struct AnnotationPage: Sendable {
  /// Precision, recall and F1 of some labels.
  public struct Row: Sendable {
    public let name: String
    public let precision: Double?
    public let recall: Double?
    public let f1: Double?

    public init(_ name: String, precision: Double?, recall: Double?, f1: Double?) {
      (self.name, self.precision, self.recall, self.f1) = (name, precision, recall, f1)
    }
  }

  public struct Label: Sendable {
    public let name: String
    public let isCluster: Bool
    public let images: Int
    public let meanScore: Double
    /// Its terms with their records.
    public let terms: [(text: String, records: Int)]

    public init(name: String, isCluster: Bool, images: Int, meanScore: Double, terms: [(text: String, records: Int)]) {
      (self.name, self.isCluster, self.images) = (name, isCluster, images)
      (self.meanScore, self.terms) = (meanScore, terms)
    }
  }

  public var title: String
  /// Numbers at the top.
  public var tiles: [(name: String, value: String)]
  /// Labels against known ones: a heading and its rows.
  public var checks: [(title: String, note: String, rows: [Row])]
  /// Records of each term, the most frequent first.
  public var before: [Int]
  /// Images of each label, in any order.
  public var labels: [Label]
  public var labelsPerImage: [Int]
  public var weights: [(feature: String, weight: Double)]
  public var threshold: Double
  /// Records that could not be read, the first ones.
  public var broken: [String]
  public var notes: [String]

  public init(
    title: String, tiles: [(name: String, value: String)], checks: [(title: String, note: String, rows: [Row])],
    before: [Int], labels: [Label], labelsPerImage: [Int], weights: [(feature: String, weight: Double)],
    threshold: Double, broken: [String], notes: [String]
  ) {
    (self.title, self.tiles, self.checks, self.before) = (title, tiles, checks, before)
    (self.labels, self.labelsPerImage, self.weights) = (labels, labelsPerImage, weights)
    (self.threshold, self.broken, self.notes) = (threshold, broken, notes)
  }

  private static let shownLabels = 300

  public func html() -> String {
    var body = "<h1>Annotations</h1>\n<p class=\"sub\">\(escaped(title))</p>\n<div class=\"tiles\">"
    for tile in tiles { body += "<div class=\"tile\"><b>\(escaped(tile.value))</b><span>\(escaped(tile.name))</span></div>" }
    body += "</div>\n"
    for note in notes { body += "<p class=\"note\">\(escaped(note))</p>\n" }
    for check in checks { body += table(check) }
    body += "<h2>The tail</h2>\n<div class=\"charts\">\n" + tail() + "</div>\n" + scores()
    for (isCluster, heading) in [(true, "Clusters"), (false, "Terms of their own")] { body += labelTable(isCluster, heading) }
    if !broken.isEmpty {
      body += "<h2>Records that could not be read</h2>\n<div class=\"card\"><pre>"
      body += escaped(broken.joined(separator: "\n")) + "</pre></div>\n"
    }
    return page(title: "Annotations", body: body)
  }

  private func table(_ check: (title: String, note: String, rows: [Row])) -> String {
    func share(_ value: Double?) -> String { value.map { fixed($0 * 100, 2) + " %" } ?? "–" }
    var out = "<h2>\(escaped(check.title))</h2>\n<div class=\"card scroll\"><table class=\"rows\"><thead><tr><th></th>"
    out += "<th class=\"n\">precision</th><th class=\"n\">recall</th><th class=\"n\">F1</th></tr></thead><tbody>"
    for row in check.rows {
      out += "<tr><td class=\"name\">\(escaped(row.name))</td><td class=\"n\">\(share(row.precision))</td>"
      out += "<td class=\"n\">\(share(row.recall))</td><td class=\"n\">\(share(row.f1))</td></tr>"
    }
    return out + "</tbody></table></div><p class=\"note\">\(escaped(check.note))</p>\n"
  }

  /// Counts by rank: powers of ten up, ranks across.
  private func tail() -> String {
    func curve(_ name: String, _ counts: [Int]) -> Curve {
      Curve(
        name, counts.sorted(by: >).enumerated().filter { $0.element > 0 }.map { Curve.Point(step: $0.offset + 1, value: Double($0.element)) })
    }
    let after = labels.map(\.images)
    var out = LineChart(
      title: "Records of each term, images of each label, by rank",
      curves: [curve("terms before", before), curve("labels after", after)], isLogarithmic: true
    ).html()
    let perImage = labelsPerImage.enumerated().map { Curve.Point(step: $0.offset, value: Double($0.element)) }
    out += LineChart(title: "Images by number of labels", curves: [Curve("images", perImage)]).html()
    return out
  }

  private func scores() -> String {
    var out = "<h2>Scores</h2>\n<div class=\"card scroll\"><table class=\"rows\"><tbody>"
    for item in weights {
      out += "<tr><td class=\"name\">\(escaped(item.feature))</td><td class=\"n\">\(fixed(item.weight, 4))</td></tr>"
    }
    out += "<tr><td class=\"name\">threshold</td><td class=\"n\">\(fixed(threshold, 4))</td></tr></tbody></table></div>"
    return out + "<p class=\"note\">A label's score is the logistic function of its features' weighted sum.</p>\n"
  }

  private func labelTable(_ isCluster: Bool, _ heading: String) -> String {
    let rows = labels.filter { $0.isCluster == isCluster }.sorted { $0.images > $1.images }
    guard !rows.isEmpty else { return "" }
    var out = "<h2>\(heading) (\(grouped(rows.count)))</h2>\n<div class=\"card scroll\"><table class=\"rows\"><thead><tr>"
    out += "<th>label</th><th class=\"n\">images</th><th class=\"n\">mean score</th>"
    out += isCluster ? "<th class=\"n\">terms</th><th>the most typical</th>" : ""
    out += "</tr></thead><tbody>"
    for row in rows.prefix(Self.shownLabels) {
      out += "<tr><td class=\"name\">\(escaped(row.name))</td><td class=\"n\">\(grouped(row.images))</td>"
      out += "<td class=\"n\">\(fixed(row.meanScore, 3))</td>"
      if isCluster {
        let terms = row.terms.prefix(8).map { "\($0.text) (\(grouped($0.records)))" }.joined(separator: ", ")
        out += "<td class=\"n\">\(grouped(row.terms.count))</td><td class=\"name\">\(escaped(terms))</td>"
      }
      out += "</tr>"
    }
    out += "</tbody></table></div>"
    if rows.count > Self.shownLabels {
      out += "<p class=\"note\">The \(Self.shownLabels) largest; labels.json has all.</p>"
    }
    return out + "\n"
  }
}
