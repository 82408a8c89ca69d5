import FoundationEssentials
import Testing
import ZooArchive

@Suite("Files of lines, and files that grow")
struct GrowingFileTests {
  private func temporary(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "zoo-growing-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func contents(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  /// What was not kept is cut off.
  @Test func goesOnWhereItWas() throws {
    try temporary { path in
      let file = try GrowingFile(path, keeping: 0)
      try file.append("one ")
      #expect(file.size == 4)
      try file.append("lost")
      let again = try GrowingFile(path, keeping: 4)
      try again.append("two")
      try again.overwrite(at: 0, Array("ONE".utf8))
      try again.finish(as: path)
      #expect(try contents(path) == "ONE two")
      #expect(throws: ArchiveError.self) { try GrowingFile(path, keeping: 100) }
    }
  }

  @Test func linesAreFoundWhereTheyLie() throws {
    try temporary { path in
      try Data("{\"a\":1}\n\nlast".utf8).write(to: URL(filePath: path))
      let lines = try MappedLines(path: path)
      #expect(lines.count == 3)
      #expect(try lines.json(0)["a"] == 1)
      #expect(lines[1].isEmpty && lines[2] == Array("last".utf8) && lines[3].isEmpty)
      #expect(throws: ArchiveError.self) { try lines.json(2) }
      try Data().write(to: URL(filePath: path))
      #expect(try MappedLines(path: path).count == 0)
    }
  }

  @Test func aLineWithoutEndIsRefused() throws {
    try temporary { path in
      try Data("short\n".utf8 + [UInt8](repeating: 65, count: MappedLines.longest + 1)).write(to: URL(filePath: path))
      #expect(throws: ArchiveError(.lineTooLong(line: 2, limit: MappedLines.longest), file: path)) {
        try MappedLines(path: path)
      }
    }
  }

  /// A header for fewer rows fits over the first one.
  @Test func headersOfTheSameLength() throws {
    let first = try NpyArray.header(dtype: .f32, shape: [1_000_000_000_000, 16])
    for count in [0, 7, 123_456] {
      let other = try NpyArray.header(dtype: .f32, shape: [count, 16], length: first.count)
      #expect(other.count == first.count)
    }
    let padded = try NpyArray.header(dtype: .f32, shape: [1, 2], length: 256)
    #expect(padded.count == 256)
    #expect(try NpyArray.read(padded + [0, 0, 128, 63, 0, 0, 0, 64], origin: "x").floats() == [1, 2])
  }
}
