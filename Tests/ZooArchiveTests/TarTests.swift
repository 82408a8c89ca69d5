import Testing
import ZooArchive

@Suite struct TarTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func pack(_ path: String) throws {
    let tar = try TarWriter(path)
    try tar.add("b.txt", bytes: Array("hello".utf8))
    try tar.add("dir/a.txt", bytes: [])
    try tar.add("big", size: 1000) { sink in
      for piece in [[UInt8](repeating: 1, count: 600), [UInt8](repeating: 2, count: 400)] {
        try piece.withUnsafeBytes { try sink($0) }
      }
    }
    try tar.finish()
  }

  @Test func whatIsWrittenIsRead() throws {
    try pack(folder("t.tar"))
    let tar = try TarReader(folder("t.tar"))
    #expect(
      tar.members == [
        TarMember(name: "b.txt", size: 5, dataOffset: 512),
        TarMember(name: "dir/a.txt", size: 0, dataOffset: 1536),
        TarMember(name: "big", size: 1000, dataOffset: 2048),
      ])
    #expect(tar.fileSize == 2048 + 1024 + 1024)
    #expect(try tar.bytes(of: tar.required("b.txt")) == Array("hello".utf8))
    #expect(try tar.bytes(of: tar.required("big"), at: 599, count: 2) == [1, 2])
    #expect(
      message { _ = try tar.bytes(of: tar.required("b.txt"), at: 3, count: 3) }
        == "\(folder("t.tar")): b.txt: bytes 3..<6 lie outside its 5 bytes")
    #expect(
      message { _ = try tar.required("c.txt") }
        == "\(folder("t.tar")): c.txt: there is no such member; did you mean \"b.txt\"?")
  }

  @Test func theSameMembersAreTheSameBytes() throws {
    try pack(folder("a.tar"))
    try pack(folder("b.tar"))
    #expect(try contents(folder("a.tar")) == contents(folder("b.tar")))
  }

  @Test func longPathsKeepToUstar() throws {
    let path = String(repeating: "d/", count: 70) + String(repeating: "f", count: 90)
    let tar = try TarWriter(folder("t.tar"))
    try tar.add(path, bytes: [1])
    #expect(
      message { try tar.add(String(repeating: "f", count: 101), bytes: []) }.hasSuffix(
        ": the path is too long for ustar (100 bytes, or 155 / 100 split at a '/')"))
    try tar.finish()
    #expect(try TarReader(folder("t.tar")).members.map(\.name) == [path])
  }

  @Test func nothingStaysOfAnArchiveThatFails() throws {
    let path = folder("t.tar")
    do {
      let tar = try TarWriter(path)
      try tar.add("a", bytes: [1])
      #expect(message { try tar.add("a", bytes: [1]) } == "\(path): a: the member occurs twice")
      #expect(
        message { try tar.add("../a", bytes: [1]) }
          == "\(path): ../a: path not allowed: it must be relative, of plain printable characters, "
          + "without empty, '.' or '..' parts")
      #expect(
        message { try tar.add("b", size: 3) { sink in try [UInt8(1)].withUnsafeBytes { try sink($0) } } }
          == "\(path): b: 1 bytes were written, 3 declared")
      #expect(names(folder.path).count == 1)
    }
    #expect(names(folder.path) == [])
    #expect(
      message { _ = try TarWriter(folder("none/t.tar")) }
        == "\(folder("none/t.tar")): cannot create: No such file or directory")
  }

  static let badPath = "path not allowed: it must be relative, of plain printable characters, without "
    + "empty, '.' or '..' parts"

  static let hostile: [(String, [UInt8], String)] = [
    ("empty", [], "truncated tar file"),
    ("no tar", Array("PK\u{3}\u{4}".utf8), "not an uncompressed tar file"),
    ("zeros", [UInt8](repeating: 0, count: 10240), "not an uncompressed tar file"),
    ("noise", [UInt8](repeating: 7, count: 2048), "not an uncompressed tar file"),
    (
      "half a block", tarMember("a") + tarEnd + [0],
      "truncated tar file: 1537 bytes are not whole blocks of 512"
    ),
    ("no end", tarMember("a", [1]), "truncated tar file: the two empty blocks at the end are missing"),
    (
      "half an end", tarMember("a", [1]) + tarEnd.prefix(512),
      "truncated tar file: the two empty blocks at the end are missing"
    ),
    (
      "more", tarMember("a") + tarEnd + tarMember("b") + tarEnd,
      "data at byte 1536, after the end of the archive"
    ),
    (
      "checksum", tarMember("a") + tarMember(TarBlock(name: "b", checksumOff: 1)) + tarEnd,
      "wrong checksum in the tar header at byte 512"
    ),
    ("absolute", tarMember("/etc/passwd") + tarEnd, "/etc/passwd: " + badPath),
    ("up", tarMember("a/../../b") + tarEnd, "a/../../b: " + badPath),
    ("dot", tarMember("./a") + tarEnd, "./a: " + badPath),
    ("double slash", tarMember("a//b") + tarEnd, "a//b: " + badPath),
    ("backslash", tarMember("a\\b") + tarEnd, "a\\b: " + badPath),
    ("control", tarMember("a\u{1B}[2Jb") + tarEnd, "a\\u{1b}[2Jb: " + badPath),
    ("twice", tarMember("a") + tarMember("a") + tarEnd, "a: the member occurs twice"),
    (
      "symlink", tarMember(TarBlock(name: "a", kind: 0x32, link: "/etc/passwd")) + tarEnd,
      "a: a symbolic link is not allowed here; only plain files are"
    ),
    (
      "hard link", tarMember("b") + tarMember(TarBlock(name: "a", kind: 0x31, link: "b")) + tarEnd,
      "a: a hard link is not allowed here; only plain files are"
    ),
    (
      "device", tarMember(TarBlock(name: "a", kind: 0x33)) + tarEnd,
      "a: a device is not allowed here; only plain files are"
    ),
    (
      "folder", tarMember(TarBlock(name: "a/", kind: 0x35)) + tarEnd,
      "a/: a folder is not allowed here; only plain files are"
    ),
    (
      "pax",
      tarMember(TarBlock(name: "p", size: 9, kind: 0x78), Array("9 size=1\n".utf8))
        + tarMember("a", [1]) + tarEnd,
      "p: a pax extension header is not allowed here; only plain files are"
    ),
    (
      "GNU", tarMember(TarBlock(name: "a", magic: "ustar  ")) + tarEnd, "not an uncompressed tar file"
    ),
    (
      "sparse", tarMember("b") + tarMember(TarBlock(name: "a", kind: 0x53)) + tarEnd,
      "a: a sparse file is not allowed here; only plain files are"
    ),
    (
      "size over the end", tarMember(TarBlock(name: "a", size: 5000), [1]) + tarEnd,
      "a: truncated tar file: the member has 5000 bytes, 1536 follow"
    ),
    (
      "no size", tarMember(TarBlock(name: "a", sizeText: "0000000000x ")) + tarEnd,
      "malformed tar header at byte 0: the size"
    ),
    (
      "behind the member", tarMember(TarBlock(name: "a", size: 1), [1, 2]) + tarEnd,
      "a: data at byte 513, behind the end of the member"
    ),
  ]

  @Test(arguments: hostile.indices)
  func refuses(_ index: Int) throws {
    let (name, bytes, expected) = Self.hostile[index]
    let path = folder("x.tar")
    try write(bytes, path)
    #expect(message { _ = try TarReader(path) } == "\(path): \(expected)", "\(name)")
  }

  @Test func aFolderOrPipeIsNoArchive() throws {
    #expect(message { _ = try TarReader(folder.path) } == "\(folder.path): not a regular file")
  }

  @Test func gnuTarReadsWhatIsWritten() throws {
    try pack(folder("t.tar"))
    guard status(of: ["tar", "--version"]) == 0 else { return }
    #expect(status(of: ["tar", "-C", folder.path, "-xf", folder("t.tar")]) == 0)
    #expect(try contents(folder("b.txt")) == Array("hello".utf8))
    #expect(try contents(folder("big")).count == 1000)
    #expect(names(folder("dir")) == ["a.txt"])
  }
}
