import ZooArchive
import ZooData
import ZooEvaluate
import ZooReport
import ZooTrain

/// What was measured of a head, as people and programs read it.
enum EvaluationText {
  static func json(_ result: HeadResult) -> JSONObject {
    var object: JSONObject = ["head": .string(result.head)]
    for item in result.values { object[item.name] = number(item) }
    object["classes"] = .array(
      (result.measures?.classes ?? []).map {
        ["name": .string($0.name), "images": .int(Int64($0.count)), "correct": .int(Int64($0.correct))]
      })
    if let confusion = result.measures?.confusion, confusion.classes <= 200 {
      object["confusion"] = .array(
        (0..<confusion.classes).map { label in
          .array((0..<confusion.classes).map { .int(Int64(confusion[label, $0])) })
        })
    }
    if !result.groups.isEmpty {
      object["groups"] = .array(result.groups.map { .object(json($0)) })
    }
    return object
  }

  private static func json(_ report: GroupReport) -> JSONObject {
    [
      "column": .string(report.column),
      "groups": .array(
        report.groups.map { group in
          .object(
            JSONObject(
              [(key: "group", value: .string(group.name))] + group.values.map { (key: $0.name, value: number($0)) }))
        }),
      "worst": .array(
        report.worst.map {
          [
            "metric": .string($0.metric), "group": .string($0.group), "value": .double($0.value),
            "gap": .double($0.gap),
          ]
        }),
    ]
  }

  /// Lines, each with its end.
  static func text(_ result: HeadResult, named: Bool) -> String {
    var text = (named ? "\(result.head): " : "") + line(result.values) + "\n"
    let classes = result.measures?.classes ?? []
    let width = classes.map(\.name.count).max() ?? 0
    for item in classes where item.count > 0 && classes.count <= 50 {
      let share = padded(fixed(Double(item.correct) / Double(item.count) * 100, 1), 5, right: true)
      text += "  \(padded(visible(item.name), width))  \(share) %  (\(item.correct) of \(item.count))\n"
    }
    for report in result.groups {
      text += "  by \(report.column):\n"
      let width = report.groups.map(\.name.count).max() ?? 0
      for group in report.groups { text += "    \(padded(visible(group.name), width))  \(line(group.values))\n" }
      for worst in report.worst {
        let (value, gap) = (valueText((worst.metric, worst.value)), valueText((worst.metric, worst.gap)))
        text += "    worst \(worst.metric): \(value) in \(visible(worst.group)), \(gap) from the best\n"
      }
    }
    return text
  }

  private static func line(_ values: [(name: String, value: Double)]) -> String {
    values.map { "\($0.name) \(valueText($0))" }.joined(separator: "  ")
  }
}
