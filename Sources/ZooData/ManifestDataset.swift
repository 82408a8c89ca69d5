/// Images listed in a file: CSV with a header line, or JSONL (one JSON object a line). Paths are relative to that file.
///
/// Columns hold the images' paths, labels, weights and groups; see `TableOptions`. An empty cell, a key that is not
/// there and `null` are missing labels.
public struct ManifestDataset: ImageFileDataset, TabledDataset {
  public enum Format: String, Sendable, CaseIterable { case csv, jsonl }

  public let origin: String
  private let folder: String
  private let paths: NameTable
  let table: LabelTable

  /// - Throws: `DataError.table` with the file's line and column.
  public init(path: String, format: Format, options: TableOptions = TableOptions()) throws {
    let read =
      switch format {
      case .csv: try readCSV(path, options)
      case .jsonl: try readJSONL(path, options)
      }
    guard read.paths.count > 0 else { throw DataError.table(place: path, .noRows) }
    origin = path
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    (paths, table) = (read.paths, read.table)
  }

  public var count: Int { paths.count }
  public func name(at index: Int) -> String { paths[index] }

  public func place(at index: Int) -> String {
    let path = paths[index]
    return path.hasPrefix("/") ? path : folder + path
  }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] { try readFile(place(at: index), first: first) }
}
