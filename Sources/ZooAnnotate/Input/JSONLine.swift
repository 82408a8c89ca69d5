import ZooArchive

/// Reads the wanted fields of a line of JSON. Lines without escapes and inner objects are read where they lie; the others
/// go to the general reader, which also words what is wrong.
struct JSONLine {
  let fields: RecordFields

  /// - Parameter record: its `bytes` are the line; afterwards its pieces are the values.
  func read(_ record: inout Record, file: String) throws {
    if fast(&record) { return }
    record.pieces.removeAll(keepingCapacity: true)
    let value: JSONValue
    do { value = try JSONValue(parsing: record.bytes, file: file) } catch let error as ArchiveError {
      guard case .json(let problem, _, let column) = error.problem else { throw error }
      throw RecordProblem.other("\(problem.text), at byte \(column)")
    }
    guard case .object(let object) = value else { throw RecordProblem.other("a line must hold one JSON object") }
    record.bytes.removeAll(keepingCapacity: true)
    try fields.read(object, into: &record)
  }

  /// False where the line is not plain enough, or wrong.
  private func fast(_ record: inout Record) -> Bool {
    let count = record.bytes.count
    var at = 0
    skip(record.bytes, &at)
    guard at < count, record.bytes[at] == UInt8(ascii: "{") else { return false }
    at += 1
    skip(record.bytes, &at)
    if at < count, record.bytes[at] == UInt8(ascii: "}") {
      at += 1
    } else {
      var seen: UInt64 = 0
      while true {
        skip(record.bytes, &at)
        guard let key = string(record.bytes, &at) else { return false }
        skip(record.bytes, &at)
        guard at < count, record.bytes[at] == UInt8(ascii: ":") else { return false }
        at += 1
        skip(record.bytes, &at)
        let field = index(record.bytes, key)
        if let field {
          guard field < 64, seen & 1 << UInt64(field) == 0 else { return false }
          seen |= 1 << UInt64(field)
        }
        guard value(&record, &at, field) else { return false }
        skip(record.bytes, &at)
        guard at < count else { return false }
        let byte = record.bytes[at]
        at += 1
        if byte == UInt8(ascii: "}") { break }
        guard byte == UInt8(ascii: ",") else { return false }
      }
    }
    skip(record.bytes, &at)
    return at == count
  }

  /// A text, or a list of texts; numbers, truths and null of fields that nobody asked for.
  private func value(_ record: inout Record, _ at: inout Int, _ field: Int?) -> Bool {
    guard at < record.bytes.count else { return false }
    switch record.bytes[at] {
    case UInt8(ascii: "\""):
      guard let text = string(record.bytes, &at) else { return false }
      if let field { record.pieces.append(Record.Piece(field: field, start: text.lowerBound, end: text.upperBound)) }
      return true
    case UInt8(ascii: "["):
      if let field, !fields.isSignal[field] { return false }
      at += 1
      skip(record.bytes, &at)
      if at < record.bytes.count, record.bytes[at] == UInt8(ascii: "]") {
        at += 1
        return true
      }
      while true {
        skip(record.bytes, &at)
        guard let text = string(record.bytes, &at) else { return false }
        if let field { record.pieces.append(Record.Piece(field: field, start: text.lowerBound, end: text.upperBound)) }
        skip(record.bytes, &at)
        guard at < record.bytes.count else { return false }
        let byte = record.bytes[at]
        at += 1
        if byte == UInt8(ascii: "]") { return true }
        guard byte == UInt8(ascii: ",") else { return false }
      }
    case 0x31...0x39:
      // Whole numbers; those with points and signs are the general reader's.
      let start = at
      while at < record.bytes.count, record.bytes[at] &- 0x30 < 10 { at += 1 }
      guard at < record.bytes.count, at - start < 18, [0x2C, 0x7D, 0x20].contains(record.bytes[at]) else { return false }
      if let field {
        guard !fields.isSignal[field] else { return false }
        record.pieces.append(Record.Piece(field: field, start: start, end: at))
      }
      return true
    default: return false
    }
  }

  /// What a string holds, where it has no escapes and is sound.
  @inline(__always)
  private func string(_ bytes: [UInt8], _ at: inout Int) -> Range<Int>? {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
    at += 1
    let start = at
    var isASCII = true
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") {
        let range = start..<at
        at += 1
        guard isASCII || Self.isSound(bytes[range]) else { return nil }
        return range
      }
      if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
      if byte >= 0x80 { isASCII = false }
      at &+= 1
    }
    return nil
  }

  private static func isSound(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    // Marks one after another are the general reader's to refuse.
    return !text.unicodeScalars.contains { $0.value >= 0x300 && $0.properties.canonicalCombiningClass != .notReordered }
  }

  private func index(_ bytes: [UInt8], _ key: Range<Int>) -> Int? {
    for (index, wanted) in fields.keys.enumerated() where wanted.count == key.count {
      var same = true
      for offset in 0..<wanted.count where wanted[offset] != bytes[key.lowerBound + offset] {
        same = false
        break
      }
      if same { return index }
    }
    return nil
  }

  @inline(__always)
  private func skip(_ bytes: [UInt8], _ at: inout Int) {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0D: at &+= 1
      default: return
      }
    }
  }
}

extension RecordFields {
  /// Takes the wanted values of an object.
  func read(_ object: JSONObject, into record: inout Record) throws {
    for (field, name) in names.enumerated() {
      guard let value = object[name] else { continue }
      try read(value, field, name, into: &record)
    }
  }

  private func read(_ value: JSONValue, _ field: Int, _ name: String, into record: inout Record) throws {
    switch value {
    case .null: return
    case .string(let text): record.add(text.utf8, field: field)
    case .int(let number) where !isSignal[field]: record.add("\(number)".utf8, field: field)
    case .array(let items) where isSignal[field]:
      for item in items {
        guard let text = item.string else { throw RecordProblem.wrongType(field: name, found: "a list with \(item.kindInWords)") }
        record.add(text.utf8, field: field)
      }
    default: throw RecordProblem.wrongType(field: name, found: value.kindInWords)
    }
  }
}

extension JSONValue {
  var kindInWords: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .int, .double: "a number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
