import ZooData

/// The records of a text file one after another, in memory that the longest record bounds.
struct RecordLines {
  enum Kind {
    /// One a line.
    case lines
    /// CSV: a line end inside quotes is a record's own.
    case quoted
  }

  struct Line {
    /// In the file.
    let offset: Int
    /// From 1.
    let number: Int
    let isTooLong: Bool
  }

  private static let blockSize = 1 << 20

  private let file: ReadableFile
  private let kind: Kind
  private let limit: Int
  /// Bytes of the file from `base` on.
  private var buffer: [UInt8] = []
  private var base = 0
  private var at = 0
  private var line = 1

  init(_ path: String, kind: Kind, limit: Int) throws {
    file = try ReadableFile(path)
    (self.kind, self.limit) = (kind, limit)
    let head = try file.read(offset: 0, count: min(4, file.size))
    if head.starts(with: [0x1F, 0x8B]) {
      throw AnnotateError.file(path, "is compressed by gzip; decompress it first")
    }
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { base = 3 }
  }

  var size: Int { file.size }

  /// The next record that is not blank into `bytes`, without its line end; nil at the end. A record that is too long is
  /// passed over, and `bytes` is then empty.
  mutating func next(_ bytes: inout [UInt8]) throws -> Line? {
    while true {
      bytes.removeAll(keepingCapacity: true)
      guard let found = try take(&bytes) else { return nil }
      if found.isTooLong || bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) { return found }
    }
  }

  private mutating func take(_ bytes: inout [UInt8]) throws -> Line? {
    let (offset, number) = (base + at, line)
    var isTooLong = false
    var isQuoted = false
    while true {
      if at == buffer.count {
        base += buffer.count
        at = 0
        buffer = base < file.size ? try file.read(offset: base, count: min(Self.blockSize, file.size - base)) : []
        if buffer.isEmpty { break }
      }
      let end = lineEnd(&isQuoted, isTooLong)
      let stop = end ?? buffer.count
      if !isTooLong {
        if bytes.count + stop - at > limit {
          isTooLong = true
          bytes.removeAll(keepingCapacity: true)
        } else {
          bytes.append(contentsOf: buffer[at..<stop])
        }
      }
      at = stop
      if end != nil {
        at += 1
        line += 1
        if isQuoted, !isTooLong {
          bytes.append(0x0A)
          continue
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        return Line(offset: offset, number: number, isTooLong: isTooLong)
      }
    }
    return base + at == offset ? nil : Line(offset: offset, number: number, isTooLong: isTooLong)
  }

  /// The next line end in the buffer; inside quotes too, which `isQuoted` then says.
  private func lineEnd(_ isQuoted: inout Bool, _ isTooLong: Bool) -> Int? {
    var at = at
    let count = buffer.count
    guard kind == .quoted else {
      while at < count {
        if buffer[at] == 0x0A { return at }
        at &+= 1
      }
      return nil
    }
    while at < count {
      let byte = buffer[at]
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 0x0A { return at }
      at &+= 1
    }
    return nil
  }
}
