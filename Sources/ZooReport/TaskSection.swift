/// The part of a report about one task.
struct TaskSection {
  let task: TaskReport
  /// More classes than this are shown as pairs, not as a matrix.
  static let matrixLimit = 32
  static let rowLimit = 1000
  static let pairLimit = 30

  func html() -> String {
    var out = "<h2>Task \(escaped(task.name))</h2>\n"
    if let confusion = task.confusion {
      out += confusion.classes.count <= Self.matrixLimit ? matrix(confusion) : pairs(confusion)
      out += classes(confusion)
    }
    if !task.mistakes.isEmpty { out += mistakes() }
    return out
  }

  /// Rows are what an example is, columns what it was said to be; colours go by the share of the row.
  private func matrix(_ confusion: ConfusionMatrix) -> String {
    let rows = confusion.rows
    var out =
      "<div class=\"card\"><h3>Confusion matrix</h3><div class=\"scroll\"><table class=\"matrix\"><thead><tr><th></th>"
    for name in confusion.classes {
      out += "<th scope=\"col\" title=\"\(escaped(name))\"><span>\(escaped(name))</span></th>"
    }
    out += "</tr></thead><tbody>"
    for (label, row) in rows.enumerated() {
      out += "<tr><th scope=\"row\" title=\"\(escaped(row.name))\">\(escaped(row.name))</th>"
      for answer in confusion.classes.indices {
        let count = confusion.count(label: label, answer: answer)
        let share = row.examples > 0 ? Double(count) / Double(row.examples) : 0
        let colour = label == answer ? "--good" : "--bad"
        // Small shares must still show.
        let strength = count == 0 ? 0 : 0.08 + 0.62 * (label == answer ? share : min(1, share * 2.5))
        let style = count == 0 ? "" : " style=\"background:rgba(var(\(colour)),\(fixed(strength, 2)))\""
        let said = "\(escaped(row.name)) said to be \(escaped(confusion.classes[answer])): \(count) of \(row.examples)"
        out += "<td\(style) title=\"\(said)\">\(count == 0 ? "" : String(count))</td>"
      }
      out += "</tr>"
    }
    return out
      + "</tbody></table></div><p class=\"note\">Each row is what the images show, each column what was answered."
      + "</p></div>\n"
  }

  private func pairs(_ confusion: ConfusionMatrix) -> String {
    let pairs = confusion.pairs(Self.pairLimit)
    guard !pairs.isEmpty else { return "" }
    let rows = confusion.rows
    var out =
      "<div class=\"card\"><h3>Most confused of \(grouped(confusion.classes.count)) classes</h3><div class=\"scroll\">"
    out += "<table class=\"rows\"><thead><tr><th>is</th><th>was said to be</th><th class=\"n\">images</th>"
    out += "<th class=\"n\">of the class</th></tr></thead><tbody>"
    for (label, answer, count) in pairs {
      out += "<tr><td class=\"name\">\(escaped(confusion.classes[label]))</td>"
      out += "<td class=\"name\">\(escaped(confusion.classes[answer]))</td><td class=\"n\">\(grouped(count))</td>"
      out += "<td class=\"n\">\(fixed(100 * Double(count) / Double(max(1, rows[label].examples)), 1)) %</td></tr>"
    }
    return out + "</tbody></table></div></div>\n"
  }

  /// The weakest class first.
  private func classes(_ confusion: ConfusionMatrix) -> String {
    let seen = confusion.rows.enumerated().filter { $0.element.examples + $0.element.answered > 0 }
    let sorted = seen.sorted { ($0.element.recall ?? 2, $0.offset) < ($1.element.recall ?? 2, $1.offset) }
    func share(_ value: Double?) -> String { value.map { fixed($0 * 100, 1) + " %" } ?? "–" }
    var out =
      "<h3 style=\"margin-top:16px\">Classes, the weakest first</h3><div class=\"card scroll\"><table class=\"rows\"><thead><tr>"
    out +=
      "<th>class</th><th class=\"n\">images</th><th class=\"n\">right</th><th>recall</th><th class=\"n\">precision</th>"
    out += "<th class=\"n\">F1</th><th>most taken for</th></tr></thead><tbody>"
    for row in sorted.prefix(Self.rowLimit).map(\.element) {
      out += "<tr><td class=\"name\">\(escaped(row.name))</td><td class=\"n\">\(grouped(row.examples))</td>"
      out += "<td class=\"n\">\(grouped(row.right))</td><td>"
      out += "<span style=\"display:inline-block;width:58px;text-align:right\">\(share(row.recall))</span>"
      out += "<span class=\"share\"><i style=\"width:\(fixed((row.recall ?? 0) * 100, 1))%\"></i></span></td>"
      out += "<td class=\"n\">\(share(row.precision))</td><td class=\"n\">\(share(row.f1))</td><td class=\"name\">"
      out += row.confusedWith.map { "\(escaped($0.name)) (\(grouped($0.count)))" } ?? ""
      out += "</td></tr>"
    }
    out += "</tbody></table></div>"
    if sorted.count > Self.rowLimit {
      out += "<p class=\"note\">\(grouped(sorted.count - Self.rowLimit)) more are not shown.</p>"
    }
    return out + "\n"
  }

  private func mistakes() -> String {
    var out = "<h3 style=\"margin-top:16px\">Worst mistakes</h3><div class=\"mistakes\">"
    for mistake in task.mistakes {
      out += "<figure title=\"\(escaped(mistake.name))\">"
      if let thumbnail = mistake.thumbnail { out += "<img alt=\"\" src=\"\(thumbnail.address)\">" }
      out += "<figcaption><span class=\"is\">\(escaped(mistake.label))</span> \(percent(mistake.labelProbability))<br>"
      out += "said <span class=\"said\">\(escaped(mistake.answer))</span> \(percent(mistake.answerProbability))"
      out += "<small>\(escaped(mistake.name))</small></figcaption></figure>"
    }
    return out + "</div>\n"
  }

  private func percent(_ share: Double) -> String {
    share > 0 && share < 0.0005 ? "&lt;&nbsp;0.1&nbsp;%" : fixed(share * 100, 1) + "&nbsp;%"
  }
}
