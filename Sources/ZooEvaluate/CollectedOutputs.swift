import ZooData
import ZooHost

/// A head's outputs over a whole evaluation, as its plugin's metrics take them. Examples without a label are left out.
struct CollectedOutputs {
  private let names: [String]
  private var values: [[Float]]
  private var shapes: [[Int]]
  private var examples: [Int] = []
  private var weights: [Float] = []
  private var classes: [Int32] = []
  /// [examples, width]; several labels, or numbers.
  private var labels: [Float] = []
  private var width = 0

  init(_ names: [String]) {
    self.names = names
    (values, shapes) = (names.map { _ in [] }, names.map { _ in [] })
  }

  mutating func add(
    _ batch: Batch, _ labels: BatchLabels, _ output: (String) throws -> (values: [Float], shape: [Int])
  ) throws {
    let rows = (0..<batch.count).filter(labels.isPresent)
    for (index, name) in names.enumerated() {
      let part = try output(name)
      shapes[index] = Array(part.shape.dropFirst())
      let each = shapes[index].reduce(1, *)
      for row in rows { values[index] += part.values[(row * each)..<((row + 1) * each)] }
    }
    for row in rows {
      examples.append(batch.indices[row])
      weights.append(batch.weights[row])
      switch labels {
      case .classes(let all): classes.append(all[row])
      case .values(let all, let each, _):
        width = each
        self.labels += all[(row * each)..<((row + 1) * each)]
      }
    }
  }

  /// Outputs by name, `target.first` or `target.labels`, `weight`.
  func arrays(_ included: (Int) -> Bool) -> [HostArray] {
    let rows = examples.indices.filter { included(examples[$0]) }
    func part(_ values: [Float], each: Int) -> HostArray.Elements {
      .float32(rows.flatMap { values[($0 * each)..<(($0 + 1) * each)] })
    }
    var result = names.enumerated().map { index, name in
      HostArray(
        name: name, shape: [rows.count] + shapes[index], elements: part(values[index], each: shapes[index].reduce(1, *))
      )
    }
    if width > 0 {
      result.append(HostArray(name: "target.labels", shape: [rows.count, width], elements: part(labels, each: width)))
    } else {
      result.append(HostArray(name: "target.first", shape: [rows.count], elements: .int32(rows.map { classes[$0] })))
    }
    result.append(HostArray(name: "weight", shape: [rows.count], elements: part(weights, each: 1)))
    return result
  }
}
