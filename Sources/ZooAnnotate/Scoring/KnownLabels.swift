import ZooArchive
import ZooRecipe

/// Labels that are known of some records, by the records' names.
struct KnownLabels {
  /// Normalised.
  private var byRecord: [String: [String]] = [:]

  init() {}

  /// - Throws: `RecipeError` at the path.
  init(_ source: AnnotationRecipe.KnownLabels?) throws {
    guard let source else { return }
    byRecord = try source.path.read { path in
      var byRecord: [String: [String]] = [:]
      try forEachRow(path, [source.id, source.labels]) { values, line in
        guard let id = values[0].first else {
          throw AnnotateError.record(file: path, line: line, "'\(source.id)' is missing")
        }
        guard byRecord[id] == nil else {
          throw AnnotateError.record(file: path, line: line, "the record '\(id)' is there twice")
        }
        let texts = path.hasSuffix(".csv") ? values[1].flatMap { $0.split(separator: ";").map(String.init) } : values[1]
        var labels: [String] = []
        for text in texts {
          guard let label = canonicalTerm(text) else {
            throw AnnotateError.record(file: path, line: line, "a label has no letter or digit")
          }
          if !labels.contains(label) { labels.append(label) }
        }
        byRecord[id] = labels
      }
      guard !byRecord.isEmpty else { throw AnnotateError.file(path, "holds no records") }
      return byRecord
    }
  }

  var count: Int { byRecord.count }

  func labels(of record: String) -> [String]? { byRecord[record] }
}

/// A record that somebody judged, with the terms its texts have.
struct JudgedRecord: Equatable {
  var position: UInt64
  var hits: [TermHit]
  /// Normalised names of the labels that are right.
  var labels: [String]

  init(position: UInt64, hits: [TermHit], labels: [String]) {
    (self.position, self.hits, self.labels) = (position, hits, labels)
  }

  init(_ stream: inout ByteStream, terms: Int) throws {
    position = try stream.unsigned()
    hits = []
    for _ in 0..<(try stream.count(1 << 24)) {
      hits.append(
        TermHit(
          term: Int32(try stream.count(max(terms - 1, 0))), signal: Int32(try stream.count(1 << 16)),
          count: Int32(try stream.count(Int(Int32.max)))))
    }
    labels = []
    for _ in 0..<(try stream.count(1 << 20)) { labels.append(try stream.string()) }
  }

  mutating func renumber(_ place: [Int32]) {
    hits = hits.map { TermHit(term: place[Int($0.term)], signal: $0.signal, count: $0.count) }
      .sorted { $0.term != $1.term ? $0.term < $1.term : $0.signal < $1.signal }
  }
}

extension ByteWriter {
  mutating func add(_ record: JudgedRecord) {
    add(record.position)
    add(variable: UInt64(record.hits.count))
    for hit in record.hits {
      add(variable: UInt64(hit.term))
      add(variable: UInt64(hit.signal))
      add(variable: UInt64(hit.count))
    }
    add(variable: UInt64(record.labels.count))
    for label in record.labels { add(Array(label.utf8)) }
  }
}
