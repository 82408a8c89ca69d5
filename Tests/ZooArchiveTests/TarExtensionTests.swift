import Testing
import ZooArchive

/// Extension headers of tar files that others packed: what two readers could understand differently is refused.
@Suite struct TarExtensionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A pax header of these records, each with its length before it.
  private static func pax(_ records: String..., kind: Unicode.Scalar = "x") -> [UInt8] {
    let data = records.flatMap { record in
      let length = record.utf8.count + 3
      return Array("\(length < 10 ? length : length + 1) \(record)\n".utf8)
    }
    return tarMember(TarBlock(name: "p", size: data.count, kind: UInt8(ascii: kind)), data)
  }

  private static func malformed(_ offset: Int, _ what: String) -> String {
    "malformed tar header at byte \(offset): \(what)"
  }

  static let hostile: [(String, [UInt8], String)] = [
    ("up", pax("path=../up") + tarMember("a"), "../up: \(TarTests.badPath)"),
    ("absolute", pax("path=/etc/passwd") + tarMember("a"), "/etc/passwd: \(TarTests.badPath)"),
    ("a zero byte", pax("path=a\u{0}b") + tarMember("a"), malformed(0, "a zero byte in the path")),
    ("twice in one", pax("path=a", "path=b") + tarMember("a"), malformed(0, "the path is given twice")),
    ("twice", pax("path=b") + pax("path=c") + tarMember("a"), malformed(1024, "the path is given twice")),
    (
      "for all", pax("path=../up", kind: "g") + tarMember("a"), malformed(0, "a global pax header with the path")
    ),
    ("negative", pax("size=-1") + tarMember("a"), malformed(0, "the pax size")),
    ("huge", pax("size=99999999999999999999") + tarMember("a"), malformed(0, "the pax size")),
    ("duplicate", tarMember("a") + pax("path=a") + tarMember("b"), "a: the member occurs twice"),
    ("sparse 0.1", pax("GNU.sparse.map=0,0") + tarMember("a"), "a: sparse files are not allowed"),
    (
      "sparse 1.0", pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "path=b") + tarMember("a", [49, 10]),
      "b: sparse files are not allowed"
    ),
    ("star's sparse", pax("SCHILY.realsize=5120") + tarMember("a"), "a: sparse files are not allowed"),
    (
      "no length", tarMember(TarBlock(name: "p", size: 7, kind: 0x78), Array("path=b\n".utf8)) + tarMember("a"),
      malformed(0, "a pax record")
    ),
    (
      "a length that lies",
      tarMember(TarBlock(name: "p", size: 9, kind: 0x78), Array("99 path=b".utf8)) + tarMember("a"),
      malformed(0, "a pax record")
    ),
    (
      "a chain", (0..<9).flatMap { _ in pax("comment=x") } + tarMember("a"),
      malformed(8192, "more than 8 extension headers")
    ),
    (
      "GNU long name",
      tarMember(TarBlock(name: "././@LongLink", size: 6, kind: 0x4C), Array("../up\u{0}".utf8))
        + tarMember("a"),
      "../up: \(TarTests.badPath)"
    ),
    (
      "hard link", tarMember(TarBlock(name: "a", kind: 0x31, link: "b")),
      "a: a hard link is not allowed here; only plain files are"
    ),
    ("device", tarMember(TarBlock(name: "a", kind: 0x34)), "a: a device is not allowed here; only plain files are"),
    ("pipe", tarMember(TarBlock(name: "a", kind: 0x36)), "a: a named pipe is not allowed here; only plain files are"),
    (
      "GNU sparse", tarMember("b") + tarMember(TarBlock(name: "a", kind: 0x53)),
      "a: a sparse file is not allowed here; only plain files are"
    ),
    ("escape", tarMember("a\u{1B}[2J"), "a\\u{1b}[2J: \(TarTests.badPath)"),
    (
      "checksum", tarMember("b") + tarMember(TarBlock(name: "a", checksumOff: 1)),
      "wrong checksum in the tar header at byte 512"
    ),
  ]

  @Test(arguments: hostile.indices)
  func refuses(_ index: Int) throws {
    let (name, bytes, expected) = Self.hostile[index]
    let path = folder("x.tar")
    try write(bytes + tarEnd, path)
    #expect(message { _ = try TarIndex(path) } == "\(path): \(expected)", "\(name)")
  }

  /// Half of a name made of marks would take minutes to compare with the other.
  @Test func refusesNamesOfMarks() throws {
    let path = folder("x.tar")
    try write(Self.pax("path=" + String(repeating: "\u{301}\u{323}", count: 16)) + tarMember("a") + tarEnd, path)
    #expect(message { _ = try TarIndex(path) }.hasSuffix(TarTests.badPath))
  }

  @Test func refusesTruncationAtEveryBlock() throws {
    let whole = Self.pax("path=b") + tarMember("a", [1]) + Self.pax("comment=of no use") + tarMember("c") + tarEnd
    for count in stride(from: 0, to: whole.count, by: 512) {
      try write(Array(whole[..<count]), folder("cut.tar"))
      #expect(throws: ArchiveError.self, "\(count) bytes") { try TarIndex(folder("cut.tar")) }
    }
    try write(whole, folder("whole.tar"))
    #expect(try TarIndex(folder("whole.tar")).members.map(\.name) == ["b", "c"])
  }

  @Test func aGlobalCommentIsOfNoConsequence() throws {
    try write(Self.pax("comment=0123abc", kind: "g") + tarMember("a", [7]) + tarEnd, folder("x.tar"))
    let index = try TarIndex(folder("x.tar"))
    #expect(try index.bytes(of: index.required("a")) == [7])
  }
}
