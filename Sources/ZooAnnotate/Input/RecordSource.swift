import ZooArchive
import ZooData
import ZooRecipe

/// A part of all records: `index` of `count`.
public struct ShardNumber: Sendable, Equatable, CustomStringConvertible {
  public let index: Int
  public let count: Int

  public static let whole = ShardNumber(unchecked: 0, of: 1)

  /// - Throws: `AnnotateError.settings` unless `0 <= index < count`.
  public init(_ index: Int, of count: Int) throws {
    guard count >= 1, count <= 1_000_000, (0..<count).contains(index) else {
      throw AnnotateError.settings("shard \(index)/\(count); shards of n are 0/n to (n-1)/n")
    }
    self.init(unchecked: index, of: count)
  }

  private init(unchecked index: Int, of count: Int) { (self.index, self.count) = (index, count) }

  public var description: String { "\(index)/\(count)" }

  /// Its bytes of all.
  func range(of total: Int) -> Range<Int> {
    func cut(_ part: Int) -> Int {
      let product = total.multipliedFullWidth(by: part)
      return count.dividingFullWidth(product).quotient
    }
    return cut(index)..<cut(index + 1)
  }
}

/// A record that could not be read.
struct BrokenRecord: Sendable, Equatable {
  let position: UInt64
  /// `file:line` or `shard.tar/member`, and what is wrong.
  let text: String
}

/// Reads the records of a recipe's input in their order, or those of a shard: a record belongs to the shard in whose share
/// of all bytes it begins.
struct RecordSource {
  let files: [String]
  let sizes: [Int]
  let fields: RecordFields
  private let input: AnnotationRecipe.Input
  /// Number of the field of the image's path; nil for shards, whose images lie beside their texts.
  let imageField: Int?

  init(_ input: AnnotationRecipe.Input, fields: RecordFields, imageField: Int?) throws {
    self.input = input
    self.fields = fields
    self.imageField = imageField
    var files: [String] = []
    for path in input.paths {
      do {
        let here = (try? shardFiles(path.text)) != nil
        files += try shardFiles(here ? path.text : path.resolved())
      } catch {
        throw RecipeError(
          at: path.location, "\(error)", concernsFile: (error as? DataError)?.concernsFile ?? true)
      }
    }
    guard files.count < 1 << 23 else { throw AnnotateError.settings("more than \(1 << 23) files") }
    self.files = files
    sizes = try files.map { path in
      let size = try ReadableFile(path).size
      guard size < 1 << 40 else { throw AnnotateError.file(path, "is larger than 1 TiB") }
      return size
    }
  }

  var bytes: Int { sizes.reduce(0, +) }

  /// Calls `body` with each record of a shard; `broken` with each that could not be read, where those are passed over.
  /// - Throws: for the first broken record, where those are errors.
  func forEach(
    _ shard: ShardNumber, broken: (BrokenRecord) throws -> Void, _ body: (inout Record) throws -> Void
  ) throws {
    let range = shard.range(of: bytes)
    var start = 0
    for (number, file) in files.enumerated() {
      let (low, high) = (max(range.lowerBound - start, 0), min(range.upperBound - start, sizes[number]))
      start += sizes[number]
      guard low < high else { continue }
      let own = low..<high
      func wrong(_ offset: Int, _ place: String, _ line: Int, _ problem: RecordProblem) throws {
        let text = visible(problem.text)
        guard input.broken == .skip else {
          throw line > 0 ? AnnotateError.record(file: file, line: line, text) : AnnotateError.file(place, text)
        }
        try broken(
          BrokenRecord(position: Record.position(file: number, offset: offset), text: "\(visible(place)): \(text)"))
      }
      switch input.format {
      case .jsonl, .csv: try lines(number, file, own, body, wrong)
      case .webdataset: try samples(number, file, own, body, wrong)
      }
    }
  }

  private typealias Wrong = (_ offset: Int, _ place: String, _ line: Int, _ problem: RecordProblem) throws -> Void

  private func lines(
    _ number: Int, _ file: String, _ own: Range<Int>, _ body: (inout Record) throws -> Void, _ wrong: Wrong
  ) throws {
    let isTable = input.format == .csv
    let image = imageField.map { fields.names[$0] }
    var reader = try RecordReader(
      file, isTable: isTable, fields: fields, limit: input.recordBytes, required: isTable ? image : nil)
    var record = Record()
    while let (line, problem) = try reader.next(&record, in: own) {
      record.position = Record.position(file: number, offset: line.offset)
      record.line = line.number
      let missing = image.flatMap { record.single(imageField) == nil ? RecordProblem.noImage(field: $0) : nil }
      if let problem = problem ?? missing {
        try wrong(line.offset, "\(file):\(line.number)", line.number, problem)
      } else {
        try body(&record)
      }
    }
  }

  private func samples(
    _ number: Int, _ file: String, _ own: Range<Int>, _ body: (inout Record) throws -> Void, _ wrong: Wrong
  ) throws {
    var record = Record()
    try forEachTextSample(file) { sample in
      guard own.contains(sample.offset) else { return }
      record.removeAll()
      record.position = Record.position(file: number, offset: sample.offset)
      record.line = 0
      do {
        let texts = try sample.texts(limit: input.recordBytes)
        guard let image = texts.image else { throw RecordProblem.other("no image beside the text") }
        record.image = Record.ImagePlace(name: image.name, offset: image.dataOffset, size: image.size)
        if let object = texts.object { try fields.read(object, into: &record) }
        if let text = texts.text, let field = fields.index("txt") { record.add(text, field: field) }
      } catch let problem as RecordProblem {
        return try wrong(sample.offset, "\(file)/\(sample.name)", 0, problem)
      } catch let error as DataError {
        return try wrong(sample.offset, "\(file)/\(sample.name)", 0, .other("\(error)"))
      } catch let error as ArchiveError {
        return try wrong(sample.offset, "\(file)/\(sample.name)", 0, .other("\(error)"))
      }
      try body(&record)
    }
  }
}
