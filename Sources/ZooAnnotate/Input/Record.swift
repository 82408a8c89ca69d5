/// One record as it was read: the values of the fields that somebody asked for, as UTF-8 in one block.
struct Record {
  /// A value of a field; a list has several.
  struct Piece {
    /// Number of the field among those asked for.
    let field: Int
    let start: Int
    let end: Int
  }

  /// Where it begins among all files, rising from one record to the next: the number of the file and the byte in it.
  var position: UInt64 = 0
  /// Of its file, from 1; 0 for a sample of a shard.
  var line = 0
  var bytes: [UInt8] = []
  /// In the order of the record.
  var pieces: [Piece] = []
  /// Of a shard: where the image lies.
  var image: ImagePlace?

  /// An image inside a tar file.
  struct ImagePlace: Equatable {
    let name: String
    let offset: Int
    let size: Int
  }

  static func position(file: Int, offset: Int) -> UInt64 { UInt64(file) << 40 | UInt64(offset) }
  var file: Int { Int(position >> 40) }

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
    image = nil
  }

  /// The only value of a field; nil where it is absent or empty.
  func single(_ field: Int?) -> ArraySlice<UInt8>? {
    guard let field, let piece = pieces.first(where: { $0.field == field }), piece.end > piece.start else { return nil }
    return bytes[piece.start..<piece.end]
  }

  func text(_ field: Int?) -> String? { single(field).map { String(decoding: $0, as: UTF8.self) } }

  mutating func add(_ text: some Sequence<UInt8>, field: Int) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    pieces.append(Piece(field: field, start: start, end: bytes.count))
  }
}

/// What is wrong with a record.
enum RecordProblem: Error, Equatable {
  case tooLong(limit: Int)
  case notUTF8
  case wrongType(field: String, found: String)
  case noImage(field: String)
  case severalFields(found: Int, wanted: Int)
  case other(String)

  var text: String {
    switch self {
    case .tooLong(let limit): "the record is longer than \(limit) bytes (input.record-bytes)"
    case .notUTF8: "not UTF-8 text"
    case .wrongType(let field, let found): "'\(field)' is \(found); it must be text"
    case .noImage(let field): "'\(field)' is missing or empty; it must be the image's path"
    case .severalFields(let found, let wanted): "\(found) fields where the header has \(wanted)"
    case .other(let text): text
    }
  }
}

/// Which fields of a record are read, each once.
struct RecordFields: Sendable {
  private(set) var names: [String] = []
  /// UTF-8 of the names.
  private(set) var keys: [[UInt8]] = []
  /// Whether a list of texts is welcome.
  private(set) var isSignal: [Bool] = []

  mutating func add(_ name: String, isSignal signal: Bool) -> Int {
    if let known = names.firstIndex(of: name) {
      isSignal[known] = isSignal[known] || signal
      return known
    }
    names.append(name)
    keys.append(Array(name.utf8))
    isSignal.append(signal)
    return names.count - 1
  }

  func index(_ name: String) -> Int? { names.firstIndex(of: name) }
}
