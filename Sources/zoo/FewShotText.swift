import ZooEvaluate
import ZooReport

/// Few-shot results on a terminal.
enum FewShotText {
  static func table(_ results: FewShotResults) -> String {
    let methods = results.methods
    let heads = ["labels per class"] + methods.map(\.title)
    var lines = [heads]
    for shots in results.shots {
      lines.append(
        ["\(shots)"]
          + methods.map { results.cell(shots, $0)?.spread.map { fixed($0.median * 100, 1) + " %" } ?? "–" })
    }
    let widths = heads.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    var text = lines.map { line in
      zip(line, widths).map { padded($0, $1, right: true) }.joined(separator: "  ")
    }.joined(separator: "\n")
    let subsets = results.subsets
    text += "\nmedian accuracy over \(subsets) subset\(subsets == 1 ? "" : "s"), the same for all methods; "
    text += "\(grouped(results.testCount)) test images, \(results.classes) classes"
    if results.labelsWereShuffled { text += "\nthe labels were shuffled: chance is \(fixed(100 / Double(max(results.classes, 1)), 1)) %" }
    if subsets > 1 { text += "\n\n" + spreads(results) }
    for shots in results.shots {
      for cell in results.cells where cell.shots == shots && !cell.chosen.isEmpty {
        text += "\n\(cell.method.title), \(shots) per class: chosen on the test data: \(cell.chosen.joined(separator: " "))"
      }
    }
    let gains = results.shots.compactMap { gain(results, $0) }
    return gains.isEmpty ? text : text + "\n\n" + gains.joined(separator: "\n")
  }

  /// Range and interval of each.
  private static func spreads(_ results: FewShotResults) -> String {
    var lines = ["lowest to highest, and the mean's 95 % interval:"]
    for shots in results.shots {
      for method in results.methods {
        guard let spread = results.cell(shots, method)?.spread else { continue }
        var line = "  \(padded("\(shots)", 3, right: true))  \(padded(method.title, 18))  "
        line += "\(percent(spread.low)) to \(percent(spread.high))"
        if let half = spread.halfInterval { line += "   \(percent(spread.mean)) ± \(percent(half))" }
        lines.append(line)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The best that transfers against the best that does not.
  private static func gain(_ results: FewShotResults, _ shots: Int) -> String? {
    guard let own = results.best(shots, where: { !$0.isBaseline }),
      let other = results.best(shots, where: { $0.isBaseline })
    else { return nil }
    let gained = (own.median - other.median) * 100
    var text = "\(shots) per class: \(own.method.title) \(gained < 0 ? "" : "+")\(fixed(gained, 1)) points over "
    text += other.method.title
    let (error, baseline) = (1 - own.median, 1 - other.median)
    if baseline > 0 { text += "; \(fixed(error / baseline, 2)) of its error" }
    return text
  }

  private static func percent(_ value: Double) -> String { fixed(value * 100, 1) + " %" }
}
