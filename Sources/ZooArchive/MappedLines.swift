import Glibc

/// A file of lines (JSONL, say), mapped: any line is read where it lies, and memory holds eight bytes for each.
public struct MappedLines: Sendable {
  /// Longer lines are no lines that anybody wrote for reading one by one.
  public static let longest = 1 << 20

  public let path: String
  private let mapping: MappedFile
  /// Where each line ends, its line end not counted.
  private let ends: [Int]

  /// - Throws: `ArchiveError` for a file that cannot be read or a line that is longer than `longest`.
  public init(path: String) throws {
    self.path = path
    mapping = try MappedFile(path: path)
    var ends: [Int] = []
    if let base = mapping.bytes.baseAddress {
      var start = 0
      while start < mapping.bytes.count {
        let found = memchr(base + start, 0x0A, mapping.bytes.count - start)
        let end = found.map { UnsafeRawPointer($0) - base } ?? mapping.bytes.count
        guard end - start <= Self.longest else {
          throw ArchiveError(.lineTooLong(line: ends.count + 1, limit: Self.longest), file: path)
        }
        ends.append(end)
        start = end + 1
      }
    }
    self.ends = ends
  }

  public var count: Int { ends.count }

  /// A line's bytes without its end; none outside the file.
  public subscript(line: Int) -> [UInt8] {
    guard ends.indices.contains(line) else { return [] }
    return [UInt8](mapping.slice((line == 0 ? 0 : ends[line - 1] + 1)..<ends[line]))
  }

  /// A line as JSON; errors name the file and the line.
  public func json(_ line: Int) throws -> JSONValue {
    try JSONValue(parsing: self[line], file: "\(path):\(line + 1)")
  }
}

/// Bytes of a regular file.
public func regularFileSize(_ path: String) throws -> Int { try FileDescriptor.openForReading(path).size() }
