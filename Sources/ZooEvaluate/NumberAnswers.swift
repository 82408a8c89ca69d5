import ZooData

/// Answers of a head that says numbers. Those that are unknown of an image are left out.
public struct NumberAnswers: Answers {
  public static let metrics = ["mean-absolute-error", "root-mean-square-error", "images"]

  let names: [String]
  private var examples: [Int] = []
  /// [examples, names].
  private var answers: [Float] = [], targets: [Float] = []

  public init(names: [String]) { self.names = names }

  public mutating func add(_ output: [Float], _ labels: BatchLabels, examples: [Int]) {
    guard case .values(let values, names.count, _) = labels else { return }
    let width = names.count
    for (row, example) in examples.enumerated() where labels.isPresent(row) {
      answers += output[(row * width)..<((row + 1) * width)]
      targets += values[(row * width)..<((row + 1) * width)]
      self.examples.append(example)
    }
  }

  public func measures(_ included: (Int) -> Bool) -> Measures {
    let chosen = examples.indices.filter { included(examples[$0]) }
    func pairs(_ columns: Range<Int>) -> [(Double, Double)] {
      chosen.flatMap { row in columns.map { row * names.count + $0 } }.filter { !targets[$0].isNaN }
        .map { (Double(answers[$0]), Double(targets[$0])) }
    }
    let all = pairs(names.indices)
    var values: [(name: String, value: Double?)] = [
      ("mean-absolute-error", meanAbsoluteError(all)), ("root-mean-square-error", rootMeanSquareError(all)),
    ]
    if names.count > 1 {
      for (column, name) in names.enumerated() {
        let own = pairs(column..<(column + 1))
        values.append(("mean-absolute-error/\(name)", meanAbsoluteError(own)))
        values.append(("root-mean-square-error/\(name)", rootMeanSquareError(own)))
      }
    }
    return Measures(values, images: chosen.count)
  }
}
