extension RunComparison {
  /// The runs on one page: their last values as a table, their curves over each other.
  public func html() -> String {
    var body = "<h1>\(grouped(runs.count)) runs</h1>\n"
    body += "<p class=\"sub\">\(escaped(runs.map(\.name).joined(separator: " · ")))</p>\n" + valueTable()
    body += "<h2>Curves</h2>\n" + charts()
    return page(title: "\(runs.count) runs", body: body)
  }

  /// The runs' curves over each other.
  func charts() -> String {
    var body = "<div class=\"charts\">\n"
    for (task, metric) in metrics {
      let curves = runs.map { Curve($0.name, $0.history.curve(task, metric)) }
      guard curves.contains(where: { $0.points.count > 1 }) else { continue }
      body += LineChart(title: "\(task): \(metric)", curves: curves, isPercent: isShare(metric)).html()
    }
    for name in distinct(runs.flatMap { $0.history.stepNames }) {
      let curves = runs.map { Curve($0.name, $0.history.curve(name)) }
      body += LineChart(title: stepTitle(name), curves: curves, isLogarithmic: name == "gradient_norm").html()
    }
    return body + "</div>\n"
  }

  func valueTable() -> String {
    var out = "<div class=\"card scroll\"><table class=\"rows\"><thead><tr><th>run</th><th class=\"n\">steps</th>"
    out += "<th class=\"n\">training loss</th>"
    for (task, metric) in metrics { out += "<th class=\"n\">\(escaped(task)): \(escaped(metric))</th>" }
    out += "</tr></thead><tbody>"
    for (index, run) in runs.enumerated() {
      out += "<tr><td class=\"name\"><span class=\"legend\" style=\"display:inline;color:inherit;font-size:inherit\">"
      out += "<i style=\"background:var(--c\(index % 8))\"></i></span>\(escaped(run.name))</td>"
      out +=
        "<td class=\"n\">\(run.history.steps.last.map { grouped($0.step) } ?? "–")</td><td class=\"n\">\(lastLoss(run))</td>"
      for (task, metric) in metrics {
        guard let cell = cell(run, task, metric) else {
          out += "<td class=\"n\">–</td>"
          continue
        }
        let best = isBest(run, task, metric) ? " best" : ""
        let note = "best \(metricText(metric, cell.best)) after step \(grouped(cell.bestStep))"
        out += "<td class=\"n\(best)\" title=\"\(escaped(note))\">\(escaped(metricText(metric, cell.last)))</td>"
      }
      out += "</tr>"
    }
    return out + "</tbody></table></div><p class=\"note\">Last values; the best of each column is bold.</p>\n"
  }
}
