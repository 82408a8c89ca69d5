/// Labels, weights and groups of many examples, held compactly.
struct LabelTable: Sendable {
  /// One column's values by example.
  enum Values: Sendable {
    /// -1 where missing.
    case classes([Int32])
    /// Example i has `items[ends[i - 1]..<ends[i]]`.
    case labels(ends: [Int], items: [ScoredLabel], present: [Bool])
    case vectors([Float], width: Int, present: [Bool])
  }

  struct Groups: Sendable {
    let name: String
    let names: [String]
    /// In `names`; -1 for none.
    let ids: [Int32]
  }

  let columns: [LabelColumn]
  let values: [Values]
  /// Empty where all are 1.
  let weights: [Float]
  let groups: [Groups]

  var classes: [String] { columns.first?.kind == .classes ? columns[0].names : [] }
  var classCount: Int { columns.first?.kind == .classes ? columns[0].width : 0 }

  func label(_ index: Int) -> Int {
    if case .classes(let labels)? = values.first { Int(labels[index]) } else { -1 }
  }

  func value(_ index: Int, column: Int) -> LabelValue {
    switch values[column] {
    case .classes(let labels): labels[index] < 0 ? .missing : .class(labels[index])
    case .labels(let ends, let items, let present):
      present[index] ? .labels(Array(items[(index == 0 ? 0 : ends[index - 1])..<ends[index]])) : .missing
    case .vectors(let numbers, let width, let present):
      present[index] ? .vector(Array(numbers[index * width..<(index + 1) * width])) : .missing
    }
  }

  func weight(_ index: Int) -> Float { weights.isEmpty ? 1 : weights[index] }

  func group(_ index: Int, column: Int) -> String? {
    let id = groups[column].ids[index]
    return id < 0 ? nil : groups[column].names[Int(id)]
  }
}
