/// Images listed in a file: CSV with a header line, or JSONL (one JSON object a line). Paths are relative to that file.
///
/// Columns hold the images' paths, labels, weights and groups; see `TableOptions`. An empty cell, a key that is not
/// there and `null` are missing labels.
public struct ManifestDataset: ImageFileDataset {
  public enum Format: String, Sendable, CaseIterable { case csv, jsonl }

  public let origin: String
  public let columns: [LabelColumn]
  private let folder: String
  private let paths: NameTable
  private let table: LabelTable

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
    (paths, table, columns) = (read.paths, read.table, read.table.columns)
  }

  public var count: Int { paths.count }
  public var classes: [String] { table.classes }
  public var classCount: Int { table.classCount }
  public func label(at index: Int) -> Int { table.label(index) }
  public func value(at index: Int, column: Int) -> LabelValue { table.value(index, column: column) }
  public func weight(at index: Int) -> Float { table.weight(index) }
  public var groupColumns: [String] { table.groups.map(\.name) }
  public func group(at index: Int, column: Int) -> String? { table.group(index, column: column) }
  public func name(at index: Int) -> String { paths[index] }

  public func place(at index: Int) -> String {
    let path = paths[index]
    return path.hasPrefix("/") ? path : folder + path
  }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] { try readFile(place(at: index), first: first) }
}
