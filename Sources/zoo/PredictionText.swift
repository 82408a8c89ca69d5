import ZooArchive
import ZooData
import ZooEvaluate
import ZooReport

/// A prediction as people and programs read it.
enum PredictionText {
  static func json(_ prediction: Prediction) throws -> JSONObject {
    var line: JSONObject = ["image": .string(prediction.image), "head": .string(prediction.head)]
    line["answers"] = .array(
      prediction.answers.map {
        ["label": .string($0.label), "index": .int(Int64($0.index)), "probability": .double($0.probability)]
      })
    for item in prediction.readings {
      switch item.reading {
      case .numbers(let numbers):
        line[item.output] = .object(
          JSONObject(numbers.map { (key: $0.name, value: .double(Double($0.value))) }))
      case .embedding(let values): line[item.output] = .array(values.map { .double(Double($0)) })
      case .bits(let bytes, let count):
        line[item.output] = ["bits": .int(Int64(count)), "hex": .string(Reading.hexadecimal(bytes))]
      case .level(let label): line["level"] = .string(label)
      }
    }
    if let decoded = prediction.decoded {
      line["decoded"] = try JSONValue(parsing: decoded, file: "decoder of '\(prediction.head)'")
    }
    return line
  }

  static func text(_ prediction: Prediction, named: Bool) -> String {
    var text = prediction.image + (named ? " [\(prediction.head)]" : "") + "\n"
    if let decoded = prediction.decoded { text += "  \(decoded)\n" }
    for item in prediction.readings {
      switch item.reading {
      case .numbers(let numbers):
        let width = numbers.map(\.name.count).max() ?? 0
        for number in numbers {
          text += "  \(padded(visible(number.name), width))  \(fixed(Double(number.value), 4))\n"
        }
      case .embedding(let values) where prediction.answers.isEmpty:
        text += "  \(item.output): \(values.prefix(4).map { fixed(Double($0), 4) }.joined(separator: " "))"
        text += values.count > 4 ? " … (\(values.count) numbers)\n" : "\n"
      case .bits(let bytes, _): text += "  \(item.output) \(Reading.hexadecimal(bytes))\n"
      case .level(let label): text += "  level \(visible(label))\n"
      case .embedding: break
      }
    }
    for answer in prediction.answers {
      text += "  \(padded(fixed(answer.probability * 100, 1), 5, right: true)) %  \(visible(answer.label))\n"
    }
    return text
  }
}
