import ZooArchive

/// Labels for images in an array, from an npy file: [N] or [N, K].
struct TensorLabels {
  let table: LabelTable

  /// - Parameters:
  ///   - count: N.
  ///   - names: of the classes or labels; empty where they are not known.
  ///   - kind: nil: told from the array's shape and element type.
  /// - Throws: `DataError.tensorSet`, or `ArchiveError` for a file that is no npy array.
  init(path: String, count: Int, names: [String], kind: LabelColumn.Kind?) throws {
    func wrong(_ reason: String) -> DataError { .tensorSet(path: path, reason: reason) }
    let array = try NpyArray.read(path)
    guard array.shape.first == count, array.shape.count == 1 || (array.shape.count == 2 && array.shape[1] > 0) else {
      throw wrong(
        "has the shape \(array.shape), but there are \(count) images; it must be [\(count)] or [\(count), K]")
    }
    let isFloat = !array.dtype.isWhole
    let rows = array.shape.count == 2
    let kind = rows && kind == .classes ? nil : kind
    let width = rows ? array.shape[1] : 1
    guard !rows || names.isEmpty || names.count == width else {
      throw wrong("has \(width) numbers for each image, but there are names for \(names.count)")
    }
    let column: LabelColumn
    let values: LabelTable.Values
    if !rows, !isFloat, kind != .vector {
      let labels = try Self.classes(array.int64s(), most: names.isEmpty ? nil : names.count - 1, wrong)
      let width = names.isEmpty ? Int(labels.max() ?? -1) + 1 : names.count
      column = LabelColumn(name: LabelColumn.only, kind: .classes, names: names, width: width)
      values = .classes(labels)
    } else if rows, kind == .multiLabel || (kind == nil && !isFloat) {
      // Whole numbers: -1 where a label is not known.
      let scores = isFloat ? try array.floats() : try array.int64s().map { $0 == -1 ? .nan : Float($0) }
      column = LabelColumn(name: LabelColumn.only, kind: .multiLabel, names: names, width: width)
      values = try Self.labels(scores, width: width, wrong)
    } else {
      column = LabelColumn(name: LabelColumn.only, kind: .vector, names: [], width: width)
      values = try Self.vectors(try array.floats(), width: width, wrong)
    }
    table = LabelTable(columns: [column], values: [values], weights: [], groups: [])
  }

  private static func classes(_ numbers: [Int64], most: Int?, _ wrong: (String) -> DataError) throws -> [Int32] {
    let most = most ?? TensorDataset.maximumLabel
    return try numbers.enumerated().map { at, label in
      guard label >= -1, label <= Int64(most) else {
        throw wrong("label \(label) at \(at); labels are whole numbers from 0 to \(most), -1 where there is none")
      }
      return Int32(label)
    }
  }

  private static func labels(
    _ scores: [Float], width: Int, _ wrong: (String) -> DataError
  ) throws -> LabelTable.Values {
    var (ends, items, present) = ([Int](), [ScoredLabel](), [Bool]())
    for start in stride(from: 0, to: scores.count, by: width) {
      let row = scores[start..<start + width]
      let isKnown = row.contains { !$0.isNaN }
      for (label, score) in row.enumerated() where isKnown && score != 0 {
        guard score.isNaN || (0...1).contains(score) else {
          throw wrong(
            "\(score) at [\(start / width), \(label)]; labels are 0 to 1, NaN (of whole numbers: -1) where not known")
        }
        items.append(ScoredLabel(Int32(label), score))
      }
      ends.append(items.count)
      present.append(isKnown)
    }
    return .labels(ends: ends, items: items, present: present)
  }

  private static func vectors(
    _ numbers: [Float], width: Int, _ wrong: (String) -> DataError
  ) throws -> LabelTable.Values {
    var numbers = numbers
    var present: [Bool] = []
    for start in stride(from: 0, to: numbers.count, by: width) {
      let row = start..<start + width
      let isKnown = numbers[row].contains { !$0.isNaN }
      for at in row {
        if !isKnown { numbers[at] = 0 }
        guard numbers[at].isFinite else {
          throw wrong(
            "\(numbers[at]) at [\(start / width), \(at - start)]; vectors are finite, or NaN throughout where missing")
        }
      }
      present.append(isKnown)
    }
    return .vectors(numbers, width: width, present: present)
  }
}

extension DType {
  fileprivate var isWhole: Bool {
    switch self {
    case .bool, .u8, .i8, .i16, .u16, .i32, .u32, .i64, .u64: true
    default: false
    }
  }
}
