import ZooArchive

typealias ManifestContents = (paths: NameTable, table: LabelTable)

func readCSV(_ path: String, _ options: TableOptions) throws -> ManifestContents {
  func wrong(_ line: Int, _ column: Int, _ problem: TableProblem) -> DataError {
    .table(place: "\(path):\(line):\(column)", problem)
  }
  var reader = CSVReader(try readFile(path))
  var fields: [CSVReader.Field] = []
  do {
    guard try reader.next(&fields) else { throw wrong(1, 1, .noHeader) }
    let header = fields
    var position: [String: Int] = [:]
    for (at, field) in header.enumerated() {
      guard position[field.text] == nil else { throw wrong(field.line, field.column, .repeatedColumn(field.text)) }
      position[field.text] = at
    }
    let roles: TableRoles
    do { roles = try TableRoles(options, columns: header.map(\.text), hasImages: true) } catch let problem
      as TableProblem
    {
      throw wrong(header[0].line, 1, problem)
    }
    let image = roles.image ?? ""
    var builder = LabelTableBuilder(roles, options)
    var paths = NameTable()
    while try reader.next(&fields) {
      guard fields.count == header.count else {
        throw wrong(fields[0].line, 1, .fieldCount(found: fields.count, wanted: header.count))
      }
      func field(_ name: String) -> CSVReader.Field { fields[position[name] ?? 0] }
      let file = field(image)
      guard !file.text.isEmpty else { throw wrong(file.line, file.column, .noImage(column: image)) }
      paths.append(file.text)
      try builder.add {
        .text(field($0).text)
      } wrong: { name, problem in
        wrong(field(name).line, field(name).column, problem)
      }
    }
    return (paths, builder.table)
  } catch let failure as CSVReader.Failure {
    throw wrong(failure.line, failure.column, failure.problem)
  }
}

func readJSONL(_ path: String, _ options: TableOptions) throws -> ManifestContents {
  let bytes = try readFile(path)
  var (start, line) = (0, 0)
  var state: (roles: TableRoles, builder: LabelTableBuilder)?
  var paths = NameTable()
  while start < bytes.count {
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    let text = bytes[start..<end]
    line += 1
    start = end + 1
    if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
    func wrong(_ name: String, _ problem: TableProblem) -> DataError {
      .table(place: "\(path):\(line):\(column(of: name, in: text))", problem)
    }
    let object = try parsedObject(text, path: path, line: line)
    if state == nil {
      do {
        let roles = try TableRoles(options, columns: jsonColumns(bytes, object, options), hasImages: true)
        state = (roles, LabelTableBuilder(roles, options))
      } catch let problem as TableProblem { throw wrong("", problem) }
    }
    let image = state?.roles.image ?? ""
    guard case .string(let file)? = object[image], !file.isEmpty else { throw wrong(image, .noImage(column: image)) }
    paths.append(file)
    try state?.builder.add {
      object[$0].map(TableCell.json)
    } wrong: {
      wrong($0, $1)
    }
  }
  guard let state else { throw DataError.table(place: path, .noRows) }
  return (paths, state.builder.table)
}

/// The keys of the first line, and of those below where columns are asked for that it lacks.
private func jsonColumns(_ bytes: [UInt8], _ first: JSONObject, _ options: TableOptions) -> [String] {
  var wanted = options.groups + [options.image, options.weight].compactMap { $0 }
  if case .named(let names) = options.labels { wanted += names }
  var columns = first.keys
  if options.labels != .all, wanted.allSatisfy(columns.contains) { return columns }
  var known = Set(columns)
  for line in bytes.split(separator: 0x0A) {
    guard case .object(let object)? = try? JSONValue(parsing: Array(line), file: "") else { continue }
    for key in object.keys where known.insert(key).inserted { columns.append(key) }
    if options.labels != .all, wanted.allSatisfy(known.contains) { break }
  }
  return columns
}

private func parsedObject(_ text: ArraySlice<UInt8>, path: String, line: Int) throws -> JSONObject {
  let value: JSONValue
  do { value = try JSONValue(parsing: Array(text), file: path) } catch let error as ArchiveError {
    guard case .json(let problem, _, let column) = error.problem else { throw error }
    throw DataError.table(place: "\(path):\(line):\(column)", .json(problem.text))
  }
  guard case .object(let object) = value else { throw DataError.table(place: "\(path):\(line):1", .notObject) }
  return object
}

/// Where a key stands in a line of JSON, counted from 1; 1 where it does not.
private func column(of key: String, in line: ArraySlice<UInt8>) -> Int {
  let quoted = Array("\"\(key)\"".utf8)
  guard !key.isEmpty, line.count >= quoted.count else { return 1 }
  for at in line.startIndex...line.endIndex - quoted.count where line[at...].starts(with: quoted) {
    return at - line.startIndex + 1
  }
  return 1
}
