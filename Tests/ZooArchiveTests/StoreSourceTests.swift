import FoundationEssentials
import Glibc
import Testing
import ZooArchive

/// What `zoo fetch-local SOURCE` understands.
@Suite struct StoreSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aFolderMeansItsArchivesInNaturalOrder() throws {
    for name in ["m10.tar", "m9.tar", "notes.txt", ".hidden.tar"] { try write([0], folder(name)) }
    try FileManager.default.createDirectory(atPath: folder("sub"), withIntermediateDirectories: true)
    let want: [ArchiveSource] = [.file(folder("m9.tar")), .file(folder("m10.tar"))]
    #expect(try ArchiveSource.find(folder.path) == want)
    #expect(try ArchiveSource.find(folder.path + "/") == want)
    #expect(try ArchiveSource.find("file://" + folder.path) == want)
    #expect(
      message { _ = try ArchiveSource.find(folder("sub")) } == "\(folder("sub")): no archives (*.tar) in this folder")
  }

  @Test func anAddressStandsForItsDecodedPath() throws {
    let odd = "a b%c#d?ü.tar"
    try write([0], folder(odd))
    let encoded = "/a%20b%25c%23d%3f%C3%BC.tar"
    for start in ["file://", "file://localhost", "FILE://LocalHost", "file:"] {
      #expect(try ArchiveSource.find(start + folder.path + encoded) == [.file(folder(odd))])
    }
    // A path is taken as it is.
    #expect(try ArchiveSource.find(folder(odd)) == [.file(folder(odd))])
    #expect(try ArchiveSource.find("-") == [.standardInput])
  }

  @Test(arguments: [
    ("file://other/m.tar", "it names another machine, \"other\""),
    ("file:m.tar", "its path must be absolute: file:///folder/model.tar"),
    ("file://", "its path must be absolute: file:///folder/model.tar"),
    ("file:///m%2.tar", "'%' must be followed by two hexadecimal digits, not 00"),
    ("file:///m%00.tar", "'%' must be followed by two hexadecimal digits, not 00"),
    ("file:///m%", "'%' must be followed by two hexadecimal digits, not 00"),
    ("file:///m%FF.tar", "it is not UTF-8"),
    ("file:///m.tar?x=1", "'?' and '#' are written %3F and %23 in an address"),
  ])
  func anAddressThatCannotBeUsed(_ text: String, _ what: String) {
    #expect(message { _ = try ArchiveSource.find(text) } == "\(text): not a file:// address that can be used: \(what)")
  }

  @Test func otherAddressesAreNotFetched() {
    #expect(
      message { _ = try ArchiveSource.find("https://example.org/m.tar") }
        == "https://example.org/m.tar: not a file:// address; zoo opens no connections, so download the archive first")
    #expect(message { _ = try ArchiveSource.find("none:1") } == "none:1: cannot open: No such file or directory")
  }
}
