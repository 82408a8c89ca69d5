import FoundationEssentials
import Glibc
import ZooArchive
import ZooData
import ZooRetrieve
import ZooTrain

/// Unit rows of a data set's images in a file without a name, mapped: memory holds what is read of them.
public struct EmbeddedRows: Sendable {
  public let rows: Embeddings
  /// The example of each row; those that could not be read have none.
  public let examples: [Int]
}

extension FeaturePass {
  /// - Parameter progress: called after each batch with the number of images seen.
  /// - Returns: nil where no image could be read.
  public func embeddedRows(
    of data: TaskData, transform: Transform, progress: (Int) -> Void = { _ in }
  ) throws -> EmbeddedRows? {
    let path = FileManager.default.temporaryDirectory.appending(path: "zoo-rows-\(UUID().uuidString).npy").path
    defer { unlink(path) }
    let file = try GrowingFile(path, keeping: 0)
    let header = try NpyArray.header(dtype: .f32, shape: [data.dataset.count, width])
    try file.append(header)
    var examples: [Int] = []
    try run(over: data.dataset, transform: transform) { part in
      var kept: [Float] = []
      for row in 0..<part.count {
        let values = part.values[row * width..<(row + 1) * width]
        guard values.first?.isNaN != true else { continue }
        kept += values
        examples.append(part.start + row)
      }
      let unit = try unitRows(kept, dimensions: width, first: part.start, file: data.dataset.origin)
      try unit.withUnsafeBytes { try file.append($0) }
      progress(part.start + part.count)
    }
    guard !examples.isEmpty else { return nil }
    try file.overwrite(
      at: 0, try NpyArray.header(dtype: .f32, shape: [examples.count, width], length: header.count))
    return EmbeddedRows(rows: try Embeddings(path: path), examples: examples)
  }
}
