import ZooArchive
import ZooEvaluate
import ZooReport

/// What retrieval is worth, as people and programs read it.
enum RetrievalText {
  static func json(_ report: RetrievalReport) -> JSONValue {
    func metrics(_ metrics: RetrievalMetrics) -> JSONValue {
      var object: JSONObject = ["p@1": .double(metrics.precisionAt1)]
      for item in metrics.recall { object["recall@\(item.k)"] = .double(item.value) }
      object["map"] = .double(metrics.meanAveragePrecision)
      return .object(object)
    }
    return [
      "output": .string(report.output), "dimensions": .int(Int64(report.dimensions)),
      "queries": .int(Int64(report.float.queries)),
      "without_match": .int(Int64(report.queries - report.float.queries)),
      "database": .int(Int64(report.database ?? report.queries)), "same_set": .bool(report.database == nil),
      "float": metrics(report.float), "binary": metrics(report.binary),
    ]
  }

  static func text(_ report: RetrievalReport) -> String {
    func share(_ value: Double) -> String { padded(fixed(value * 100, 2) + " %", 10, right: true) }
    let searched = report.database.map { "among \(grouped($0)) images" } ?? "among themselves, each without itself"
    var text = "\(report.output), \(report.dimensions) dimensions: \(grouped(report.float.queries)) queries \(searched)\n"
    let without = report.queries - report.float.queries
    if without > 0 { text += "\(grouped(without)) more have no image of their class to find and count nowhere\n" }
    text += "             \(padded("float", 9, right: true))  \(padded("one bit", 9, right: true))\n"
    func line(_ name: String, _ float: Double, _ binary: Double) {
      text += "\(padded(name, 12)) \(share(float)) \(share(binary))\n"
    }
    line("P@1", report.float.precisionAt1, report.binary.precisionAt1)
    for (float, binary) in zip(report.float.recall, report.binary.recall) {
      line("Recall@\(float.k)", float.value, binary.value)
    }
    line("mAP", report.float.meanAveragePrecision, report.binary.meanAveragePrecision)
    return text
  }
}
