import FoundationEssentials
import Testing
import ZooArchive

@Suite struct TarIndexTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeFiles() throws {
    try FileManager.default.createDirectory(
      atPath: folder("data/cats"), withIntermediateDirectories: true)
    try write([1, 2, 3], folder("data/cats/é 1.jpg"))
    try write([4], folder("data/cats/" + String(repeating: "n", count: 180) + ".jpg"))
  }

  @Test(arguments: ["gnu", "pax", "ustar"])
  func readsWhatGnuTarPacks(_ format: String) throws {
    guard status(of: ["tar", "--version"]) == 0 else { return }
    try makeFiles()
    if format == "ustar" { try FileManager.default.removeItem(atPath: folder("data/cats/" + long)) }
    let packed = status(of: [
      "tar", "--format=\(format)", "--sort=name", "-C", folder("data"), "-cf", folder("d.tar"), ".",
    ])
    #expect(packed == 0)
    let index = try TarIndex(folder("d.tar"))
    let expected = format == "ustar" ? ["cats/é 1.jpg"] : ["cats/" + long, "cats/é 1.jpg"]
    #expect(index.members.map(\.name) == expected)
    #expect(try index.bytes(of: index.required("cats/é 1.jpg")) == [1, 2, 3])
    #expect(try index.bytes(of: index.required("cats/é 1.jpg"), at: 1, count: 1) == [2])
    if format != "ustar" { #expect(try index.bytes(of: index.required("cats/" + long)) == [4]) }
  }

  private var long: String { String(repeating: "n", count: 180) + ".jpg" }

  @Test func aPaxSizeCounts() throws {
    let record = Array("12 size=512\n".utf8)
    let bytes = tarMember(TarBlock(name: "p", size: record.count, kind: 0x78), record)
      + tarMember(TarBlock(name: "a", size: 0)) + [UInt8](repeating: 9, count: 512) + tarEnd
    try write(bytes, folder("d.tar"))
    let index = try TarIndex(folder("d.tar"))
    #expect(index.members == [TarMember(name: "a", size: 512, dataOffset: 1536)])
    #expect(try index.bytes(of: index.members[0]) == [UInt8](repeating: 9, count: 512))
  }

  static let hostile: [([UInt8], String)] = [
    (tarMember("/a") + tarEnd, "/a: \(TarTests.badPath)"),
    (tarMember("../a") + tarEnd, "../a: \(TarTests.badPath)"),
    (tarMember("a") + tarMember("./a") + tarEnd, "a: the member occurs twice"),
    (
      tarMember(TarBlock(name: "a", kind: 0x32, link: "b")) + tarEnd,
      "a: a symbolic link is not allowed here; only plain files are"
    ),
    (tarMember("a", [1]), "truncated tar file: the two empty blocks at the end are missing"),
    (
      tarMember(TarBlock(name: "p", size: 4096, kind: 0x78)) + tarEnd, "truncated tar file"
    ),
  ]

  @Test(arguments: hostile.indices)
  func refuses(_ index: Int) throws {
    let (bytes, expected) = Self.hostile[index]
    let path = folder("x.tar")
    try write(bytes, path)
    #expect(message { _ = try TarIndex(path) } == "\(path): \(expected)")
  }
}
