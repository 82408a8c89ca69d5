import ZooData

/// The columns of a CSV file, by its header.
struct CSVLine {
  private let fields: RecordFields
  /// For each column the number of the field; nil for one that nobody asked for.
  private let columns: [Int?]

  /// - Throws: `AnnotateError.file` for a header that cannot be read or names a column twice.
  init(_ header: [UInt8], file: String, _ fields: RecordFields, required: String? = nil) throws {
    self.fields = fields
    let names: [String]
    do { names = try Self.values(header) } catch let problem as RecordProblem {
      throw AnnotateError.record(file: file, line: 1, problem.text)
    }
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw AnnotateError.record(file: file, line: 1, "column '\(visible(twice))' is there twice")
    }
    columns = names.map { fields.index($0) }
    if let required, !names.contains(required) {
      throw AnnotateError.record(
        file: file, line: 1,
        "no column '\(required)' of the images' paths (input.image); there are \(names.prefix(20).map { visible($0) }.joined(separator: ", "))")
    }
  }

  func read(_ bytes: [UInt8], into record: inout Record) throws {
    let values = try Self.values(bytes)
    guard values.count == columns.count else {
      throw RecordProblem.severalFields(found: values.count, wanted: columns.count)
    }
    for (value, field) in zip(values, columns) {
      if let field, !value.isEmpty { record.add(value.utf8, field: field) }
    }
  }

  private static func values(_ bytes: [UInt8]) throws -> [String] {
    var reader = CSVReader(bytes)
    var fields: [CSVReader.Field] = []
    do { _ = try reader.next(&fields) } catch { throw RecordProblem.other(error.problem.text) }
    return fields.map(\.text)
  }
}
