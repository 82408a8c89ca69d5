/// Models on the tasks of one suite, a column each.
struct SuiteSection {
  let report: TransferReport
  let suite: String

  private var columns: [TransferReport.SuiteColumn] { report.suites.filter { $0.suite == suite } }

  func html() -> String {
    var out = "<h2>\(escaped(suite))</h2>\n<div class=\"card scroll\"><table class=\"rows\"><thead><tr><th>task</th>"
    for column in columns {
      out += "<th class=\"n\">\(report.link(column.model))<br><small>\(escaped(column.method))</small></th>"
    }
    out += "</tr></thead><tbody>"
    let tasks = distinct(columns.flatMap { $0.values.map(\.task) })
    let groups = distinct(columns.flatMap { $0.values.map { $0.group ?? "" } })
    for group in groups {
      let own = tasks.filter { task in columns.contains { $0.values.contains { $0.task == task && ($0.group ?? "") == group } } }
      for task in own { out += row(escaped(task), columns.map { value($0, task) }) }
      guard groups.count > 1, !group.isEmpty else { continue }
      out += row("<b>\(escaped(group))</b>", columns.map { mean($0, own) })
    }
    out += row("<b>score</b>", columns.map(\.score), missing: "no score")
    return out + "</tbody></table></div>"
      + "<p class=\"note\">Shares of right answers. Means are of the tasks that there are; a score needs all of them.</p>\n"
  }

  private func value(_ column: TransferReport.SuiteColumn, _ task: String) -> Double? {
    column.values.first { $0.task == task }?.value
  }

  private func mean(_ column: TransferReport.SuiteColumn, _ tasks: [String]) -> Double? {
    let values = tasks.compactMap { value(column, $0) }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private func row(_ name: String, _ values: [Double?], missing: String = "absent") -> String {
    let best = values.compactMap { $0 }.max()
    var out = "<tr><td class=\"name\">\(name)</td>"
    for value in values {
      guard let value else {
        out += "<td class=\"n\"><small>\(missing)</small></td>"
        continue
      }
      out += "<td class=\"n\(value == best && values.count > 1 ? " best" : "")\">\(fixed(value * 100, 2)) %</td>"
    }
    return out + "</tr>"
  }
}
