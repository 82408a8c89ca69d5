/// The records of a CSV or JSONL file one after another: the wanted fields of each, or what is wrong with it.
struct RecordReader {
  private enum Kind { case json(JSONLine), table(CSVLine?) }

  private let path: String
  private let limit: Int
  private let kind: Kind
  private var lines: RecordLines
  private var bytes: [UInt8] = []

  /// - Parameters:
  ///   - limit: bytes of a record.
  ///   - required: a column that a table must have.
  /// - Throws: for a file that cannot be read, and for a table's header that is wrong.
  init(_ path: String, isTable: Bool, fields: RecordFields, limit: Int, required: String? = nil) throws {
    (self.path, self.limit) = (path, limit)
    lines = try RecordLines(path, kind: isTable ? .quoted : .lines, limit: limit)
    guard isTable else {
      kind = .json(JSONLine(fields: fields))
      return
    }
    // A table without a header has no records.
    guard let head = try lines.next(&bytes), !head.isTooLong else {
      kind = .table(nil)
      return
    }
    kind = .table(try CSVLine(bytes, file: path, fields, required: required))
  }

  /// The next record that begins in a range of the file's bytes.
  /// - Returns: its line, and what is wrong with it; nil at the end of the range.
  mutating func next(
    _ record: inout Record, in range: Range<Int> = 0..<Int.max
  ) throws -> (line: RecordLines.Line, problem: RecordProblem?)? {
    if case .table(nil) = kind { return nil }
    while let line = try lines.next(&bytes), line.offset < range.upperBound {
      guard line.offset >= range.lowerBound else { continue }
      record.removeAll()
      do {
        if line.isTooLong { throw RecordProblem.tooLong(limit: limit) }
        switch kind {
        case .json(let reader):
          // The record's values lie in the line itself.
          swap(&record.bytes, &bytes)
          try reader.read(&record, file: path)
        case .table(let header): try header?.read(bytes, into: &record)
        }
        return (line, nil)
      } catch let problem as RecordProblem {
        return (line, problem)
      }
    }
    return nil
  }
}
