import ZooArchive

/// A file written in pieces of a mebibyte, which appears whole or not at all.
final class BufferedFile {
  private let file: AtomicFile
  private var buffer: [UInt8] = []

  init(_ path: String) throws {
    file = try AtomicFile(path)
    buffer.reserveCapacity(1 << 20)
  }

  func append(_ bytes: [UInt8]) throws {
    buffer += bytes
    if buffer.count >= 1 << 20 { try flush() }
  }

  func commit() throws {
    try flush()
    try file.commit()
  }

  private func flush() throws {
    try file.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// A number with zeros before it.
func digits(_ number: Int, _ width: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, width - text.count)) + text
}
