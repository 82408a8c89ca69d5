import ZooData

/// Features of every example of a data set: in memory, or where that is too much in a file without a name, which the
/// system removes with the process however it ends.
final class FeatureStore: ExampleFeatures {
  private enum Place {
    case memory([Float])
    case file(NamelessFile)
  }

  let valueCount: Int
  private let place: Place
  private let isMissing: [Bool]

  /// - Parameters:
  ///   - folder: for the file.
  ///   - mostInMemory: numbers that need no file.
  ///   - fill: called once; hands over the rows of examples 0, 1, …, and whether each is missing.
  init(
    count: Int, valueCount: Int, folder: String, mostInMemory: Int,
    _ fill: (_ add: (_ rows: [Float], _ isMissing: [Bool]) throws -> Void) throws -> Void
  ) throws {
    self.valueCount = valueCount
    var missing: [Bool] = []
    missing.reserveCapacity(count)
    let (all, overflow) = count.multipliedReportingOverflow(by: valueCount)
    if overflow || all > mostInMemory {
      let file = try NamelessFile(in: folder, for: "features")
      try fill { rows, flags in
        try rows.withUnsafeBytes(file.append)
        missing += flags
      }
      place = .file(file)
    } else {
      var values: [Float] = []
      values.reserveCapacity(overflow ? 0 : all)
      try fill { rows, flags in
        values += rows
        missing += flags
      }
      place = .memory(values)
    }
    isMissing = missing
  }

  func read(_ index: Int, into target: UnsafeMutableBufferPointer<Float>) throws -> Bool {
    guard !isMissing[index] else { return false }
    switch place {
    case .memory(let values):
      _ = target.initialize(fromContentsOf: values[(index * valueCount)..<((index + 1) * valueCount)])
    case .file(let file): try file.read(UnsafeMutableRawBufferPointer(target), at: index * valueCount * 4)
    }
    return true
  }
}
