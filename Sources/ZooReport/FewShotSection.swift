/// One task's curves over the number of labels, with their spread, and the table of them.
struct FewShotSection {
  let report: TransferReport
  let task: String

  private var curves: [TransferReport.FewShotCurve] { report.fewShot.filter { $0.task == task } }
  private var severalModels: Bool { Set(curves.map(\.model)).count > 1 }

  func html() -> String {
    var out = "<h2>\(escaped(task)) from few labels</h2>\n<div class=\"charts\">\n"
    let models = distinct(curves.map { String($0.model) }).compactMap(Int.init)
    for model in models {
      let own = curves.filter { $0.model == model }
      out += chart(report.models.indices.contains(model) ? report.models[model].name : "", own)
    }
    if models.count > 1 { out += chart("All models, by their best method", best(models)) }
    return out + "</div>\n" + table()
  }

  private func chart(_ title: String, _ curves: [TransferReport.FewShotCurve]) -> String {
    LineChart(
      title: title,
      curves: curves.map { curve in
        Curve(
          curve.method,
          curve.points.map { Curve.Point(step: $0.shots, value: $0.median, range: $0.range) })
      }, isPercent: true, hasLogarithmicSteps: true, stepName: "labels per class"
    ).html()
  }

  /// Of each model the method whose medians are the highest on the whole.
  private func best(_ models: [Int]) -> [TransferReport.FewShotCurve] {
    models.compactMap { model in
      func mean(_ curve: TransferReport.FewShotCurve) -> Double {
        curve.points.reduce(0) { $0 + $1.median } / Double(max(curve.points.count, 1))
      }
      guard var curve = curves.filter({ $0.model == model && !$0.isBaseline }).max(by: { mean($0) < mean($1) })
      else { return nil }
      let name = report.models.indices.contains(model) ? report.models[model].name : ""
      curve.method = "\(name), \(curve.method)"
      return curve
    }
  }

  private func table() -> String {
    let shots = Set(curves.flatMap { $0.points.map(\.shots) }).sorted()
    var out = "<div class=\"card scroll\"><table class=\"rows\"><thead><tr><th>model</th><th>method</th>"
    for count in shots { out += "<th class=\"n\">\(grouped(count)) per class</th>" }
    out += "</tr></thead><tbody>"
    for curve in curves {
      out += "<tr><td class=\"name\">\(report.link(curve.model))</td>"
      out += "<td>\(escaped(curve.method))\(curve.isBaseline ? " <small>(baseline)</small>" : "")</td>"
      for count in shots {
        guard let point = curve.points.first(where: { $0.shots == count }) else {
          out += "<td class=\"n\">–</td>"
          continue
        }
        let best = curves.compactMap { $0.points.first { $0.shots == count }?.median }.max()
        out += "<td class=\"n\(best == point.median ? " best" : "")\" title=\"\(escaped(note(point)))\">"
        out += "\(fixed(point.median * 100, 1)) % <small>\(fixed(point.range.lowerBound * 100, 1))–"
        out += "\(fixed(point.range.upperBound * 100, 1))</small></td>"
      }
      out += "</tr>"
    }
    return out + "</tbody></table></div>"
      + "<p class=\"note\">Medians over the subsets, with their lowest and highest; the best of each column is bold.</p>\n"
  }

  private func note(_ point: TransferReport.FewShotCurve.Point) -> String {
    var text = "mean \(fixed(point.mean * 100, 2)) %"
    if let half = point.halfInterval { text += " ± \(fixed(half * 100, 2)) (95 %)" }
    return text
  }
}
