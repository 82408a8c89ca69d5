/// A run on one page: what came out, how it went, where it is wrong, and what was asked.
public struct RunReport: Sendable {
  public var title: String
  /// One line under the title.
  public var subtitle: String
  /// Such as steps and engine.
  public var facts: [(name: String, text: String)]
  public var history: RunHistory
  public var tasks: [TaskReport]
  /// Texts shown as they are, such as the recipe as resolved.
  public var texts: [(title: String, text: String)]

  public init(
    title: String, subtitle: String = "", facts: [(name: String, text: String)] = [], history: RunHistory,
    tasks: [TaskReport] = [], texts: [(title: String, text: String)] = []
  ) {
    (self.title, self.subtitle, self.facts) = (title, subtitle, facts)
    (self.history, self.tasks, self.texts) = (history, tasks, texts)
  }

  /// The page: complete in itself, without scripts, light or dark as the reader's system is. The same report
  /// always gives the same text.
  public func html() -> String {
    var body = "<h1>\(escaped(title))</h1>\n<p class=\"sub\">\(escaped(subtitle))</p>\n"
    body += tiles()
    body += "<h2>Curves</h2>\n<div class=\"charts\">\n" + charts(history) + "</div>\n"
    for task in tasks { body += TaskSection(task: task).html() }
    if !texts.isEmpty {
      body += "<h2>What was asked</h2>\n<div class=\"two\">"
      for (title, text) in texts {
        body += "<div class=\"card\"><h3>\(escaped(title))</h3><pre>\(escaped(text))</pre></div>"
      }
      body += "</div>\n"
    }
    return page(title: title, body: body)
  }

  private func tiles() -> String {
    var out = "<div class=\"tiles\">"
    func tile(_ name: String, _ text: String) {
      out += "<div class=\"tile\"><b>\(escaped(text))</b><span>\(escaped(name))</span></div>"
    }
    for task in tasks {
      for metric in task.metrics {
        tile(tasks.count > 1 ? "\(task.name): \(metric.name)" : metric.name, metricText(metric.name, metric.value))
      }
    }
    for (name, text) in facts { tile(name, text) }
    return out + "</div>\n"
  }
}

/// A chart for each value that was logged, steps first, then what was measured; values that never change are left out.
private func charts(_ history: RunHistory) -> String {
  var out = ""
  for name in history.stepNames {
    out += LineChart(
      title: stepTitle(name), curves: [Curve(name, history.curve(name))], isLogarithmic: name == "gradient_norm"
    ).html()
  }
  let metrics = distinct(history.tasks.flatMap { history.metricNames($0) }).filter { $0 != "images" }
  for metric in metrics {
    let curves = history.tasks.map { Curve($0, history.curve($0, metric)) }.filter { !$0.points.isEmpty }
    // A single measurement is a tile, not a curve.
    guard curves.contains(where: { $0.points.count > 1 }) else { continue }
    out += LineChart(title: "Evaluation: \(metric)", curves: curves, isPercent: isShare(metric)).html()
  }
  return out
}

/// What a logged value is, in words.
func stepTitle(_ name: String) -> String {
  switch name {
  case "loss": "Training loss"
  case "lr": "Rate"
  case "gradient_norm": "Norm of the gradient"
  case "images_per_second": "Images per second"
  default: name
  }
}
