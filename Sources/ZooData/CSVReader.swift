import ZooArchive

/// Reads comma-separated values by RFC 4180, strictly: quotes belong around a whole field and are doubled inside, every
/// record has as many fields as the first, lines end with LF or CRLF. A byte order mark is passed over.
public struct CSVReader {
  public struct Field {
    public let text: String
    /// Where it begins, counted from 1; columns in bytes.
    public let line: Int
    public let column: Int
  }

  private let bytes: [UInt8]
  private var at = 0
  private var line = 1
  private var lineStart = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { (at, lineStart) = (3, 3) }
  }

  /// What is wrong, and where.
  public struct Failure: Error {
    public let problem: TableProblem
    public let line: Int
    public let column: Int
  }

  /// The next record's fields into `fields`; false at the end. Blank lines are passed over.
  public mutating func next(_ fields: inout [Field]) throws(Failure) -> Bool {
    fields.removeAll(keepingCapacity: true)
    while at < bytes.count, try endOfLine() { continue }
    guard at < bytes.count else { return false }
    while true {
      fields.append(try field())
      if at < bytes.count, bytes[at] == UInt8(ascii: ",") {
        at += 1
        continue
      }
      if at == bytes.count { return true }
      if try endOfLine() { return true }
    }
  }

  /// Passes over a line's end, if this is one.
  private mutating func endOfLine() throws(Failure) -> Bool {
    switch bytes[at] {
    case 0x0A: at += 1
    case 0x0D:
      guard at + 1 < bytes.count, bytes[at + 1] == 0x0A else { throw failure(.loneReturn, at) }
      at += 2
    default: return false
    }
    line += 1
    lineStart = at
    return true
  }

  private mutating func field() throws(Failure) -> Field {
    let (line, start) = (line, at)
    let column = at - lineStart + 1
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
      while at < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[at]) {
        if bytes[at] == UInt8(ascii: "\"") { throw failure(.quoteInside, at) }
        at += 1
      }
      return Field(text: try text(bytes[start..<at], line, column), line: line, column: column)
    }
    at += 1
    var value: [UInt8] = []
    while true {
      guard at < bytes.count else { throw Failure(problem: .quoteUnclosed, line: line, column: column) }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { break }
        at += 1
      } else if byte == 0x0A {
        self.line += 1
        lineStart = at
      }
      value.append(byte)
    }
    if at < bytes.count, ![0x2C, 0x0A, 0x0D].contains(bytes[at]) {
      throw failure(.textAfterQuote(String(decoding: bytes[at...at], as: UTF8.self)), at)
    }
    return Field(text: try text(value[...], line, column), line: line, column: column)
  }

  private func text(_ bytes: ArraySlice<UInt8>, _ line: Int, _ column: Int) throws(Failure) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(problem: .notUTF8, line: line, column: column)
    }
    guard text.isStreamSafe else { throw Failure(problem: .tooManyMarks, line: line, column: column) }
    return text
  }

  private func failure(_ problem: TableProblem, _ at: Int) -> Failure {
    Failure(problem: problem, line: line, column: at - lineStart + 1)
  }
}
