/// A study's table, and its plot where it has one: plain values in, one page out.
public struct StudyPage: Sendable {
  public struct Row: Sendable {
    /// One of each axis.
    public var names: [String]
    /// Places on the axes; nil where a variant has none.
    public var values: [Int?]
    public var parameters: Int
    public var imagesPerSecond: Double
    public var upstream: Double?
    /// By shots: the median and the range of the subsets.
    public var accuracies: [(shots: Int, median: Double, low: Double, high: Double)]

    public init(
      names: [String], values: [Int?], parameters: Int, imagesPerSecond: Double, upstream: Double?,
      accuracies: [(shots: Int, median: Double, low: Double, high: Double)]
    ) {
      (self.names, self.values, self.parameters) = (names, values, parameters)
      (self.imagesPerSecond, self.upstream, self.accuracies) = (imagesPerSecond, upstream, accuracies)
    }
  }

  public var title: String
  public var axes: [String]
  public var rows: [Row]
  /// The axis along the plot and the one of curves, by number, and the shots that are drawn.
  public var plot: (x: Int, curves: Int?, shots: Int)?

  public init(title: String, axes: [String], rows: [Row], plot: (x: Int, curves: Int?, shots: Int)?) {
    (self.title, self.axes, self.rows, self.plot) = (title, axes, rows, plot)
  }

  /// The table's heads and lines.
  public var cells: [[String]] {
    let shots = Set(rows.flatMap { $0.accuracies.map(\.shots) }).sorted()
    let hasUpstream = rows.contains { $0.upstream != nil }
    var heads = axes + ["weights", "images/s"] + (hasUpstream ? ["upstream top-1"] : [])
    heads += shots.map { "\($0) per class" }
    return [heads]
      + rows.map { row in
        var line = row.names + [grouped(row.parameters), fixed(row.imagesPerSecond, 0)]
        if hasUpstream { line.append(row.upstream.map { fixed($0 * 100, 1) + " %" } ?? "–") }
        return line
          + shots.map { shots in
            guard let cell = row.accuracies.first(where: { $0.shots == shots }) else { return "–" }
            return "\(fixed(cell.median * 100, 1)) % (\(fixed(cell.low * 100, 1)) to \(fixed(cell.high * 100, 1)))"
          }
      }
  }

  /// For a terminal and for Markdown.
  public var table: String {
    let cells = cells
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    var lines = cells.map { line in
      "| " + zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: " | ") + " |"
    }
    lines.insert("|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|", at: 1)
    return lines.joined(separator: "\n")
  }

  /// Complete in itself, without scripts.
  public func html() -> String {
    var body = "<h1>\(escaped(title))</h1>\n<p class=\"sub\">Median of the subsets, lowest to highest.</p>\n"
    if let plot { body += "<div class=\"charts\">\n" + chart(plot).html() + "</div>\n" }
    body += "<div class=\"card scroll\"><table class=\"rows\"><thead><tr>"
    body += (cells.first ?? []).map { "<th>\(escaped($0))</th>" }.joined() + "</tr></thead><tbody>"
    for line in cells.dropFirst() {
      body += "<tr>" + line.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
    }
    return page(title: title, body: body + "</tbody></table></div>\n")
  }

  private func chart(_ plot: (x: Int, curves: Int?, shots: Int)) -> LineChart {
    let names = plot.curves.map { axis in distinct(rows.map { $0.names[axis] }) } ?? [axes[plot.x]]
    let curves = names.map { name in
      let own = rows.filter { row in plot.curves.map { row.names[$0] == name } ?? true }
      let points = own.compactMap { row -> Curve.Point? in
        guard let x = row.values[plot.x], let cell = row.accuracies.first(where: { $0.shots == plot.shots })
        else { return nil }
        return Curve.Point(step: x, value: cell.median)
      }
      return Curve(name, points.sorted { $0.step < $1.step })
    }
    return LineChart(title: "\(plot.shots) per class, by \(axes[plot.x])", curves: curves, isPercent: true)
  }
}
