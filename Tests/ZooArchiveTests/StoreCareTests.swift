import FoundationEssentials
import Glibc
import Testing
import ZooArchive

/// Collecting what is not needed, verifying what is there, and living with damage.
@Suite struct StoreCareTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(root: folder("store"))
    try writeModel(folder("m.tar"), tags: ["small", "test"])
    try writeModel(folder("n.tar"), name: "other", seed: 1)
  }

  @Test func collectingFreesWhatNoModelUses() throws {
    #expect(try store.collectGarbage() == Collected())
    let model = try store.put(folder("m.tar"))
    let stray = "sha256-" + String(repeating: "0", count: 64)
    try write([1, 2, 3], store.root + "/blobs/" + stray)
    try write([1, 2], store.root + "/blobs/notes")
    try write([1, 2, 3, 4], store.root + "/tmp/install-0123456789abcdef")
    var freed = Collected()
    (freed.archives, freed.temporaries, freed.bytes) = (1, 1, 7)
    #expect(try store.collectGarbage(dryRun: true) == freed)
    #expect(try store.collectGarbage() == freed)
    #expect(try store.collectGarbage() == Collected())
    // What the store did not put there is not its to remove.
    #expect(names(store.root + "/blobs") == ["notes", model.blob].sorted())
    #expect(names(store.root + "/tmp") == [])
  }

  @Test func collectingSparesAnInstallThatRuns() throws {
    try store.put(folder("m.tar"))
    let path = store.root + "/tmp/install-0123456789abcdef"
    try write([1, 2, 3], path)
    let running = open(path, O_RDONLY)
    defer { close(running) }
    try #require(flock(running, LOCK_EX) == 0)
    #expect(try store.collectGarbage() == Collected())
    #expect(names(store.root + "/tmp").count == 1)
  }

  @Test func nothingIsCollectedWhileARecordCannotBeRead() throws {
    let model = try store.put(folder("m.tar"))
    try write(Array("{".utf8), store.root + "/models/tiny@1")
    #expect(
      message { _ = try store.collectGarbage() }
        == "\(store.root)/models/tiny@1: nothing was freed, since this record cannot be read and might use any "
        + "archive; zoo remove tiny@1, or install it again")
    #expect(names(store.root + "/blobs") == [model.blob])
    // Installing mends it, without leave to replace.
    #expect(try store.put(folder("m.tar")) == model)
    #expect(try store.collectGarbage() == Collected())
  }

  @Test func aDamagedRecordHidesNoOtherModel() throws {
    try store.put(folder("m.tar"))
    let other = try store.put(folder("n.tar"))
    let record = store.root + "/models/tiny@1"
    let text = String(decoding: try contents(record), as: UTF8.self)
    for (damaged, what) in [
      (text.replacing("\"version\": 1", with: "\"version\": 2"), "it is of another model"),
      (text.replacing("zoo.model/1", with: "zoo.model/9"), "unknown schema"),
      (text.replacing("sha256-", with: "../"), "blob is \"../"),
    ] {
      try write(Array(damaged.utf8), record)
      let (models, errors) = try store.contents()
      #expect(models == [other])
      #expect(errors.count == 1)
      #expect("\(errors)".contains("\(record): damaged record of the store: \(what)"))
    }
    #expect(try store.find("other") == other)
    try store.remove("tiny")
    #expect(try store.contents().damaged == [])
  }

  @Test func verifyingFindsAnyChangedByte() throws {
    let model = try store.put(folder("m.tar"))
    #expect(try store.verify(model))
    let whole = try contents(store.path(for: model))
    chmod(store.path(for: model), 0o644)
    for offset in stride(from: 5, to: whole.count, by: 911) {
      try patch(store.path(for: model), offset, whole[offset] ^ 4)
      #expect(throws: ArchiveError.self, "byte \(offset)") { try store.verify(model) }
      try patch(store.path(for: model), offset, whole[offset])
    }
    #expect(try store.verify(model))
  }

  @Test func anotherWholeArchiveInItsPlaceIsFound() throws {
    let model = try store.put(folder("m.tar"))
    try writeModel(folder("x.tar"), seed: 9, tags: ["small", "test"])
    try FileManager.default.removeItem(atPath: store.path(for: model))
    try write(try contents(folder("x.tar")), store.path(for: model))
    #expect(
      message { _ = try store.verify(model) }
        == "\(store.path(for: model)): damaged: its SHA-256 is not that of the archive that was installed")
    try FileManager.default.removeItem(atPath: store.path(for: model))
    #expect(
      message { _ = try store.verify(model) }
        == "\(store.root): the archive of model \"tiny@1\" is gone; install it again")
    try store.remove("tiny")
    #expect(try store.verify(model) == false)
  }

  @Test func tagsComeFromTheManifest() throws {
    #expect(try store.put(folder("m.tar")).tags == ["small", "test"])
    #expect(try store.list().map(\.tags) == [["small", "test"]])
    #expect(
      message { try writeModel(folder("bad.tar"), tags: ["Big"]) }
        == "\(folder("bad.tar")): manifest.json: tags is \"Big\"; it must be of the form [a-z0-9][a-z0-9._-]*")
    #expect(
      message { try writeModel(folder("bad.tar"), tags: ["a", "a"]) }
        == "\(folder("bad.tar")): manifest.json: tags \"a\" occurs twice")
  }
}
