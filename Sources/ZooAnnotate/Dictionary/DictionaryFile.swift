import ZooArchive
import ZooData
import ZooRecipe

/// A dictionary that somebody made: CSV with a header or JSONL, with the fields `term`, and at will `canonical` (or `label`),
/// the term that it is a form of, `language`, and `use`: `label`, or `context` for terms that only tell which ones are akin.
enum DictionaryFile {
  private struct Row {
    let term: String
    let canonical: String?
    let language: String?
    let isLabel: Bool
    let line: Int
  }

  private static let names = ["term", "canonical", "label", "language", "use"]

  /// - Throws: `RecipeError` at the path.
  static func read(_ path: RecipePath) throws -> TermDictionary {
    try path.read { path in
      var rows: [Row] = []
      try forEachRow(path, names) { values, line in
        guard let term = values[0].first else { throw AnnotateError.record(file: path, line: line, "'term' is missing") }
        let use = values[4].first ?? "label"
        guard use == "label" || use == "context" else {
          throw AnnotateError.record(file: path, line: line, "'use' is '\(visible(use))'; it must be label or context")
        }
        rows.append(
          Row(
            term: term, canonical: values[1].first ?? values[2].first, language: values[3].first, isLabel: use == "label",
            line: line))
      }
      guard !rows.isEmpty else { throw AnnotateError.file(path, "holds no terms") }
      return try dictionary(rows, path)
    }
  }

  private static func dictionary(
    _ rows: [Row], _ file: String
  ) throws -> TermDictionary {
    var numbers: [String: Int] = [:]
    var terms: [TermDictionary.Term] = []
    var forms: [TermDictionary.Form] = []
    var seen: Set<String> = []
    for row in rows {
      guard let form = canonicalTerm(row.term), let name = canonicalTerm(row.canonical ?? row.term) else {
        throw AnnotateError.record(file: file, line: row.line, "the term '\(visible(row.term))' has no letter or digit")
      }
      let number = numbers[name] ?? terms.count
      if number == terms.count {
        numbers[name] = number
        // A term of several languages' forms is of none.
        terms.append(TermDictionary.Term(name, isLabel: row.isLabel))
      }
      if seen.insert("\(form)\t\(row.language ?? "")\t\(number)").inserted {
        forms.append(TermDictionary.Form(form, language: row.language, term: number))
      }
    }
    return TermDictionary(terms: terms, forms: forms)
  }
}

/// Calls `body` with the values of fields in each row of a CSV or JSONL file, and with its line; a list gives several.
func forEachRow(_ path: String, _ names: [String], _ body: (_ values: [[String]], _ line: Int) throws -> Void) throws {
  var fields = RecordFields()
  for name in names { _ = fields.add(name, isSignal: true) }
  var reader = try RecordReader(path, isTable: path.hasSuffix(".csv"), fields: fields, limit: 1 << 24)
  var record = Record()
  while let (line, problem) = try reader.next(&record) {
    if let problem { throw AnnotateError.record(file: path, line: line.number, problem.text) }
    var values = [[String]](repeating: [], count: names.count)
    for piece in record.pieces where piece.end > piece.start {
      values[piece.field].append(String(decoding: record.bytes[piece.start..<piece.end], as: UTF8.self))
    }
    try body(values, line.number)
  }
}
