/// Curves over steps, as SVG.
struct LineChart {
  var title: String
  var curves: [Curve]
  var isPercent = false
  var isLogarithmic = false
  /// Whether steps lie by their logarithms.
  var hasLogarithmicSteps = false
  /// What a step is called under the pointer, before its number.
  var stepName = "step"
  /// The number of a curve's colour; by default its place.
  var colours: [Int]?

  private static let width = 560.0
  private static let height = 270.0
  private static let (left, right, top, bottom) = (58.0, 24.0, 10.0, 30.0)
  /// More points than this are drawn as means with a band of all between smallest and largest.
  private static let columns = 250

  /// The chart in a box with its title and, where there are several curves, a legend.
  func html() -> String {
    let drawn = curves.filter { !$0.points.isEmpty }
    var out = "<div class=\"card\"><h3>\(escaped(title))</h3>"
    out += drawn.isEmpty ? "<p class=\"note\">Nothing was logged.</p>" : svg(drawn)
    if curves.count > 1 {
      out += "<div class=\"legend\">"
      for (index, curve) in curves.enumerated() {
        let last = curve.points.last.map { " " + shown($0.value) } ?? " (none)"
        out +=
          "<span><i style=\"background:var(--c\(colour(index)))\"></i>\(escaped(curve.name))\(escaped(last))</span>"
      }
      out += "</div>"
    }
    return out + "</div>\n"
  }

  private func colour(_ index: Int) -> Int {
    (colours.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? index) % 8
  }

  private func range(_ point: Curve.Point) -> String {
    point.range.map { " (\(shown($0.lowerBound)) to \(shown($0.upperBound)))" } ?? ""
  }

  private func shown(_ value: Double) -> String { isPercent ? fixed(value * 100, 2) + " %" : shortNumber(value) }

  private func svg(_ drawn: [Curve]) -> String {
    let steps = ChartAxis(
      drawn.flatMap { $0.points.map { Double($0.step) } }, count: 6, whole: true, logarithmic: hasLogarithmicSteps)
    let scale = isPercent ? 100.0 : 1.0
    let values = ChartAxis(
      drawn.flatMap { $0.points.flatMap { [$0.value, $0.range?.lowerBound, $0.range?.upperBound] } }
        .compactMap { $0.map { $0 * scale } }, count: 5, logarithmic: isLogarithmic)
    func x(_ step: Double) -> Double { Self.left + steps.position(step) * (Self.width - Self.left - Self.right) }
    func y(_ value: Double) -> Double {
      Self.height - Self.bottom - values.position(value * scale) * (Self.height - Self.top - Self.bottom)
    }
    var out =
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(escaped(title))\">"
    for tick in values.ticks {
      let at = fixed(y(tick / scale), 1)
      out +=
        "<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(at)\" y2=\"\(at)\"/>"
      out += "<text x=\"\(Int(Self.left) - 7)\" y=\"\(at)\" dy=\"4\" text-anchor=\"end\">"
      out += "\(escaped(values.text(tick)))\(isPercent ? " %" : "")</text>"
    }
    for tick in steps.ticks {
      out +=
        "<text x=\"\(fixed(x(tick), 1))\" y=\"\(Int(Self.height) - 9)\" text-anchor=\"middle\">\(steps.text(tick))</text>"
    }
    for (index, curve) in curves.enumerated() where !curve.points.isEmpty {
      out += line(curve, "var(--c\(colour(index)))", x, y)
    }
    return out + "</svg>"
  }

  private func line(_ curve: Curve, _ colour: String, _ x: (Double) -> Double, _ y: (Double) -> Double) -> String {
    let points = curve.thinned(Self.columns)
    func path(_ value: (Int) -> Double, _ order: [Int]) -> String {
      order.map { "\(fixed(x(points[$0].step), 1)),\(fixed(y(value($0)), 1))" }.joined(separator: " ")
    }
    let order = Array(points.indices)
    var out = ""
    if points.contains(where: { $0.low < $0.high }) {
      let around = path({ points[$0].high }, order) + " " + path({ points[$0].low }, order.reversed())
      out += "<polygon class=\"band\" fill=\"\(colour)\" points=\"\(around)\"/>"
    }
    out += "<polyline class=\"curve\" stroke=\"\(colour)\" points=\"\(path({ points[$0].mean }, order))\"/>"
    // Few points are marked, and say their value under the pointer.
    guard points.count <= 40 else { return out }
    for point in curve.points {
      let place = "cx=\"\(fixed(x(Double(point.step)), 1))\" cy=\"\(fixed(y(point.value), 1))\""
      out += "<circle \(place) r=\"3.2\" fill=\"\(colour)\"><title>"
      out += "\(escaped(curve.name)), \(stepName) \(grouped(point.step)): \(escaped(shown(point.value)))\(escaped(range(point)))</title></circle>"
    }
    return out
  }
}
