import FoundationEssentials
import Glibc
import Testing
import ZooArchive

@Suite struct StoreTests {
  let folder: TemporaryFolder
  let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = Store(root: folder("store"))
  }

  @Test func theRootFollowsTheEnvironment() throws {
    #expect(try Store(environment: ["ZOO_HOME": "/z", "XDG_DATA_HOME": "/x", "HOME": "/h"]).root == "/z")
    #expect(try Store(environment: ["ZOO_HOME": "", "XDG_DATA_HOME": "/x", "HOME": "/h"]).root == "/x/zoo")
    #expect(try Store(environment: ["XDG_DATA_HOME": "x", "HOME": "/h"]).root == "/h/.local/share/zoo")
    #expect(
      message { _ = try Store(environment: [:]) }
        == "no place for the model store: set ZOO_HOME (or XDG_DATA_HOME, or HOME)")
  }

  @Test func anInstalledModelIsFoundAndWhole() throws {
    let digest = try writeModel(folder("m.tar"))
    let model = try store.put(folder("m.tar"))
    #expect(model.reference == "tiny@1")
    #expect(model.digest == digest)
    #expect(try store.find("tiny") == model)
    #expect(try contents(store.path(for: model)) == contents(folder("m.tar")))
    #expect(model.blob == "sha256-" + (try Digest.sha256(file: folder("m.tar"))))
    #expect(try ModelArchive.open(store.path(for: model)).digest == digest)
    // A copy, never a link: the user may go on editing the file.
    var status = stat()
    #expect(stat(folder("m.tar"), &status) == 0 && status.st_nlink == 1)
    #expect(names(store.root + "/tmp") == [])
  }

  @Test func installingTwiceChangesNothing() throws {
    try writeModel(folder("m.tar"))
    let first = try store.put(folder("m.tar"))
    #expect(try store.put(folder("m.tar")) == first)
    #expect(try store.list() == [first])
    #expect(names(store.root + "/blobs").count == 1)
  }

  @Test func anotherModelOfTheSameNameNeedsReplace() throws {
    try writeModel(folder("a.tar"))
    try writeModel(folder("b.tar"), seed: 1)
    let first = try store.put(folder("a.tar"))
    #expect(
      message { try store.put(folder("b.tar")) }
        == "\(store.root): the store already has another model \"tiny@1\"; replace it (--replace) or choose another "
        + "name or version (--name tiny@2)")
    #expect(try store.find("tiny") == first)
    let second = try store.put(folder("b.tar"), replace: true)
    #expect(try store.find("tiny") == second)
    #expect(names(store.root + "/blobs") == [second.blob])
    #expect(second.version == 1)
  }

  @Test func aBlobStaysWhileANameUsesIt() throws {
    try writeModel(folder("m.tar"))
    let a = try store.put(folder("m.tar"), name: "a")
    try store.put(folder("m.tar"), name: "b")
    #expect(names(store.root + "/blobs") == [a.blob])
    try store.remove("a")
    #expect(try ModelArchive.open(store.path(for: store.find("b"))).manifest.name == "tiny")
    try store.remove("b")
    #expect(try store.list() == [])
    #expect(names(store.root + "/blobs") == [])
  }

  @Test func namesAreListedInNaturalOrder() throws {
    try writeModel(folder("m.tar"))
    for name in ["vit-b16", "vit", "vit-b8", "bit-r101x3", "bit-r50x1", "vit-b16@10", "vit-b16@9"] {
      try store.put(folder("m.tar"), name: name)
    }
    #expect(
      try store.list().map(\.reference) == [
        "bit-r50x1@1", "bit-r101x3@1", "vit@1", "vit-b8@1", "vit-b16@1", "vit-b16@9", "vit-b16@10",
      ])
  }

  @Test func unknownNamesSayWhatIsNear() throws {
    #expect(message { _ = try store.find("tiny") } == "\(store.root): no model \"tiny\" in the store")
    #expect(message { try store.remove("tiny") } == "\(store.root): no model \"tiny\" in the store")
    try writeModel(folder("m.tar"))
    try store.put(folder("m.tar"), name: "vit-b16")
    #expect(
      message { _ = try store.find("vit-b61") }
        == "\(store.root): no model \"vit-b61\" in the store; did you mean \"vit-b16\"?")
    #expect(
      message { try store.put(folder("m.tar"), name: "../x") }
        == "\"../x\" is not a model name: small letters, digits, '.', '_', '-', the first a letter or digit, then at "
        + "will '@' and the number of a version, such as vit-b16@2")
  }

  @Test func modelsResolveAsPathOrName() throws {
    try writeModel(folder("m.tar"))
    let model = try store.put(folder("m.tar"))
    #expect(try resolve(model: "tiny", store: store) == store.path(for: model))
    #expect(try resolve(model: folder("m.tar"), store: store) == folder("m.tar"))
    #expect(
      message { _ = try resolve(model: "none.tar", store: store) }
        == "no archive at \"none.tar\"; taken as a path because it contains '/' or ends in .tar "
        + "(a name in the store does neither)")
    #expect(
      message { _ = try resolve(model: "tinny", store: store) }
        == "\(store.root): no model \"tinny\" in the store (a path to an archive would contain '/' or end in "
        + ".tar); did you mean \"tiny\"?")
  }

  @Test func aDamagedArchiveIsRefusedAndLeavesNothing() throws {
    try writeModel(folder("m.tar"))
    var bytes = try contents(folder("m.tar"))
    let weights = try #require(TarReader(folder("m.tar")).member("weights.safetensors"))
    bytes[weights.dataOffset + weights.size - 1] ^= 1
    try write(bytes, folder("m.tar"))
    let text = message { try store.put(folder("m.tar")) }
    #expect(text.hasPrefix("\(folder("m.tar")): weights.safetensors: damaged: SHA-256 is "))
    #expect(try store.list() == [])
    #expect(names(store.root + "/blobs") == [])
    #expect(names(store.root + "/tmp") == [])
  }

  @Test func whatAKilledInstallLeftIsCleaned() throws {
    try writeModel(folder("m.tar"))
    try store.put(folder("m.tar"))
    try write([1, 2, 3], store.root + "/tmp/install-0123456789abcdef")
    #expect(try store.list().map(\.reference) == ["tiny@1"])
    try store.put(folder("m.tar"))
    #expect(names(store.root + "/tmp") == [])
  }

  @Test func aMissingOrShortBlobIsSaidAndMended() throws {
    try writeModel(folder("m.tar"))
    let model = try store.put(folder("m.tar"))
    chmod(store.path(for: model), 0o644)
    try write([0], store.path(for: model))
    #expect(
      message { _ = try store.find("tiny") }
        == "\(store.root): the archive of model \"tiny@1\" has 1 bytes, \(model.size) were installed; "
        + "install it again")
    try FileManager.default.removeItem(atPath: store.path(for: model))
    #expect(
      message { _ = try store.find("tiny") }
        == "\(store.root): the archive of model \"tiny@1\" is gone; install it again")
    try store.put(folder("m.tar"))
    #expect(try store.find("tiny") == model)
  }

  @Test func manyInstallAndRemoveAtOnce() async throws {
    for index in 0..<3 { try writeModel(folder("\(index).tar"), seed: Float(index)) }
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<6 {
        group.addTask {
          for round in 0..<8 {
            let file = folder("\((worker + round) % 3).tar")
            // Losing a race to another worker is allowed; a store that does not verify is not.
            _ = try? store.put(file, name: "shared", replace: round % 2 == 0)
            _ = try? store.put(file, name: "own-\(worker)", replace: true)
            if round % 3 == 0 { _ = try? store.remove("shared") }
            if round % 4 == 0 { _ = try? store.collectGarbage() }
          }
        }
      }
    }
    let listed = try store.list()
    #expect(listed.filter { $0.reference.hasPrefix("own-") }.count == 6)
    for model in listed {
      #expect(try store.find(model.reference) == model)
      #expect(try store.verify(model))
    }
    #expect(Set(names(store.root + "/blobs")) == Set(listed.map(\.blob)))
    #expect(names(store.root + "/tmp") == [])
  }
}
