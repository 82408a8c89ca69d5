import ZooArchive

/// Images with the labels that `zoo annotate` found: its `annotations.tar`.
///
/// Columns are `labels` (any number of them, each with how sure it is) and `label` (the surest), either of which may come
/// first; groups are `part` (`train`, `held-out`) and `group`. An image that sampling repeats is as many examples. Images are
/// inside, or where they were when the annotations were made, seen from the file's folder.
public struct AnnotationDataset: ImageFileDataset {
  public static let columnNames = ["labels", "label"]
  static let schema = "zoo.annotations/1"

  public let origin: String
  public let columns: [LabelColumn]
  private let folder: String
  private let files: ShardFiles
  private let names: NameTable
  private let places: [Place]
  private let table: LabelTable
  /// Row of the table by example.
  private let rows: [Int32]

  /// Where an image lies.
  private struct Place: Sendable {
    /// In `files`; -1 for a file of its own.
    let file: Int32
    let offset: Int
    let size: Int
  }

  /// - Parameter column: the one that comes first, of `columnNames`.
  /// - Throws: `DataError.table` for what is no annotations, `ArchiveError` for a file that is no intact tar.
  public init(path: String, column: String = "labels") throws {
    let tar = try TarReader(path)
    func wrong(_ place: String, _ problem: TableProblem) -> DataError { .table(place: "\(path)/\(place)", problem) }
    func json(_ name: String) throws -> JSONValue {
      guard let member = tar.member(name) else { throw wrong(name, .notAnnotations) }
      return try JSONValue(
        parsing: try tar.bytes(of: member, limit: 1 << 30), file: path, member: name,
        limits: JSONLimits(bytes: 1 << 30, values: 200_000_000))
    }
    guard try json("annotations.json")["schema"]?.string == Self.schema else { throw wrong("annotations.json", .notAnnotations) }
    guard Self.columnNames.contains(column) else { throw wrong("records.jsonl", .unknownColumn(column, columns: Self.columnNames)) }
    guard case .array(let labels) = try json("labels.json") else { throw wrong("labels.json", .notAnnotations) }
    let labelNames = try labels.map { label in
      guard let name = label["name"]?.string else { throw wrong("labels.json", .notAnnotations) }
      return name
    }
    guard let member = tar.member("records.jsonl") else { throw wrong("records.jsonl", .notAnnotations) }

    var reading = Reading(tar: tar, column: column, labels: labelNames)
    var rest: [UInt8] = []
    var (at, line) = (0, 0)
    while at < member.size || !rest.isEmpty {
      let block = try tar.bytes(of: member, at: at, count: min(1 << 20, member.size - at))
      at += block.count
      rest += block
      var start = 0
      while let end = rest[start...].firstIndex(of: 0x0A) ?? (at == member.size && start < rest.count ? rest.count : nil) {
        line += 1
        do { try reading.add(Array(rest[start..<end]), path) } catch let problem as TableProblem {
          throw wrong("records.jsonl:\(line)", problem)
        }
        start = min(end + 1, rest.count)
      }
      rest.removeSubrange(..<start)
      guard rest.count <= 64 << 20 else { throw wrong("records.jsonl:\(line + 1)", .notObject) }
    }
    guard !reading.rows.isEmpty else { throw DataError.table(place: path, .noRows) }
    origin = path
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let base = folder
    files = ShardFiles([path] + reading.shards.map { $0.hasPrefix("/") ? $0 : base + $0 })
    (names, places, rows) = (reading.names, reading.places, reading.rows)
    table = reading.builder.table
    columns = table.columns
  }

  /// Collects the lines.
  private struct Reading {
    let tar: TarReader
    var builder: LabelTableBuilder
    var names = NameTable()
    var places: [Place] = []
    var rows: [Int32] = []
    var shards: [String] = []
    private var numbers: [String: Int32] = [:]

    init(tar: TarReader, column: String, labels: [String]) {
      self.tar = tar
      let other = AnnotationDataset.columnNames.first { $0 != column } ?? column
      builder = LabelTableBuilder([(column, labels), (other, labels)], groups: ["part", "group"])
    }

    mutating func add(_ line: [UInt8], _ path: String) throws {
      let value: JSONValue
      do { value = try JSONValue(parsing: line, file: path) } catch let error as ArchiveError {
        guard case .json(let problem, _, _) = error.problem else { throw error }
        throw TableProblem.json(problem.text)
      }
      guard case .object(let object) = value else { throw TableProblem.notObject }
      guard let image = object["image"]?.string, !image.isEmpty else { throw TableProblem.noImage(column: "image") }
      let times = object["times"]?.int ?? 1
      guard (1...100_000).contains(times), rows.count + Int(times) <= Int32.max else {
        throw TableProblem.badTimes(object["times"]?.compact() ?? "")
      }
      places.append(try place(image, object))
      rows += [Int32](repeating: Int32(names.count), count: Int(times))
      names.append(image)
      try builder.add {
        object[$0].map(TableCell.json)
      } wrong: {
        .table(place: "\(path)/records.jsonl: \($0)", $1)
      }
    }

    private mutating func place(_ image: String, _ object: JSONObject) throws -> Place {
      if let shard = object["shard"]?.string {
        guard let offset = object["offset"]?.int, let size = object["size"]?.int, offset >= 0, size > 0, size <= Int32.max
        else { throw TableProblem.noImage(column: "offset") }
        let number = numbers[shard] ?? Int32(shards.count + 1)
        if numbers[shard] == nil {
          numbers[shard] = number
          shards.append(shard)
        }
        return Place(file: number, offset: Int(offset), size: Int(size))
      }
      guard let member = tar.member(image) else { return Place(file: -1, offset: 0, size: 0) }
      return Place(file: 0, offset: member.dataOffset, size: member.size)
    }
  }

  public var count: Int { rows.count }
  public var classes: [String] { table.classes }
  public var classCount: Int { table.classCount }
  public func label(at index: Int) -> Int { table.label(Int(rows[index])) }
  public func value(at index: Int, column: Int) -> LabelValue { table.value(Int(rows[index]), column: column) }
  public func weight(at index: Int) -> Float { table.weight(Int(rows[index])) }
  public var groupColumns: [String] { table.groups.map(\.name) }
  public func group(at index: Int, column: Int) -> String? { table.group(Int(rows[index]), column: column) }

  /// The image, and for a repeated one how manyth it is.
  public func name(at index: Int) -> String {
    let row = rows[index]
    var repeated = 1
    while index - repeated >= 0, rows[index - repeated] == row { repeated += 1 }
    let place = places[Int(row)]
    let image = place.file > 0 ? "\(files.paths[Int(place.file)])/\(names[Int(row)])" : names[Int(row)]
    return repeated == 1 ? image : "\(image)#\(repeated)"
  }

  public func place(at index: Int) -> String {
    let (place, name) = (places[Int(rows[index])], names[Int(rows[index])])
    if place.file >= 0 { return "\(files.paths[Int(place.file)])/\(name)" }
    return name.hasPrefix("/") ? name : folder + name
  }

  public func bytes(at index: Int, first: Int?) throws -> [UInt8] {
    let place = places[Int(rows[index])]
    guard place.file >= 0 else { return try readFile(self.place(at: index), first: first) }
    return try files.read(Int(place.file), offset: place.offset, count: min(place.size, first ?? place.size))
  }
}
