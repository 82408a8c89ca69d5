import FoundationEssentials
import Glibc
import Testing
import ZooArchive

/// A name holds numbered versions; alone it means the newest.
@Suite struct StoreVersionTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(root: folder("store"))
    for seed in 0..<3 { try writeModel(folder("\(seed).tar"), seed: Float(seed)) }
  }

  @Test func aNameAloneMeansTheNewestVersion() throws {
    try store.put(folder("0.tar"))
    let tenth = try store.put(folder("1.tar"), name: "tiny@10")
    let second = try store.put(folder("2.tar"), name: "tiny@2")
    #expect(try store.list().map(\.version) == [1, 2, 10])
    #expect(try store.find("tiny") == tenth)
    #expect(try store.find("tiny@2") == second)
    try store.remove("tiny@10")
    #expect(try store.find("tiny") == second)
  }

  @Test func theFirstOfANameIsVersionOneUnlessToldOtherwise() throws {
    #expect(try store.put(folder("0.tar")).version == 1)
    #expect(try store.put(folder("1.tar"), name: "other@7").version == 7)
  }

  @Test func aVersionThatIsTakenNeedsReplace() throws {
    let first = try store.put(folder("0.tar"))
    try store.put(folder("1.tar"), name: "tiny@2")
    #expect(
      message { try store.put(folder("2.tar"), name: "tiny@1") }
        == "\(store.root): the store already has another model \"tiny@1\"; replace it (--replace) or choose another "
        + "name or version (--name tiny@3)")
    let replaced = try store.install(from: .file(folder("2.tar")), name: "tiny@1", replace: true)
    #expect(replaced.change == .replaced(digest: first.digest))
    #expect(try store.find("tiny@1") == replaced.model)
    #expect(try store.list().map(\.reference) == ["tiny@1", "tiny@2"])
    // Without a version the newest gives way.
    #expect(try store.put(folder("0.tar"), replace: true).version == 2)
  }

  @Test func contentThatIsThereAsAnOlderVersionStaysThat() throws {
    let first = try store.put(folder("0.tar"))
    let second = try store.put(folder("1.tar"), name: "tiny@2")
    let again = try store.install(from: .file(folder("0.tar")))
    #expect(again.model == first)
    #expect(again.change == .unchanged)
    #expect(try store.find("tiny") == second)
  }

  @Test func oneContentMayHaveTwoVersions() throws {
    let first = try store.put(folder("0.tar"))
    let second = try store.put(folder("0.tar"), name: "tiny@2")
    #expect(second.version == 2)
    #expect(first.blob == second.blob)
    try store.remove("tiny@2")
    #expect(try store.verify(first))
  }

  @Test func removingNeedsTheVersionWhereThereAreSeveral() throws {
    try store.put(folder("0.tar"))
    try store.put(folder("1.tar"), name: "tiny@2")
    try store.put(folder("2.tar"), name: "tiny@4")
    #expect(
      message { try store.remove("tiny") }
        == "\(store.root): \"tiny\" has versions 1, 2 and 4; say which, such as tiny@4")
    #expect(
      message { try store.remove("tiny@3") }
        == "\(store.root): no model \"tiny@3\" in the store; it has versions 1, 2 and 4")
    #expect(try store.remove("tiny@4") == "tiny@4")
    try store.remove("tiny@2")
    #expect(
      message { _ = try store.find("tiny@2") } == "\(store.root): no model \"tiny@2\" in the store; it has version 1")
    #expect(try store.remove("tiny") == "tiny@1")
    #expect(names(store.root + "/blobs") == [])
  }

  @Test func aVersionIsANumberFromOneOnWrittenInOneWay() {
    #expect(ModelName("vit-b16@12")?.version == 12)
    #expect(ModelName("vit-b16")?.version == nil)
    for text in ["vit@0", "vit@01", "vit@-1", "vit@", "vit@a", "vit@1@2", "@1", "vit@1234567890", "vit@٣"] {
      #expect(ModelName(text) == nil, "\(text)")
    }
  }

  /// The name in a manifest may say the version.
  @Test func theManifestMayNameTheVersion() throws {
    try writeModel(folder("m.tar"), name: "tiny@5")
    #expect(try store.put(folder("m.tar")).reference == "tiny@5")
  }
}
