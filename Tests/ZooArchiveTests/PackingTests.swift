import FoundationEssentials
import Glibc
import Testing
import ZooArchive

@Suite("Unpacked archives") struct PackingTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try writeModel(folder("m.tar"))
  }

  private func pack(_ name: String, to: String) throws -> FolderPacking {
    let packing = try FolderPacking(folder: folder(name), zoo: "0.1.0")
    try packing.write(to: folder(to))
    return packing
  }

  @Test func packingGivesTheSameBytes() throws {
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("u"))
    #expect(names(folder("u")) == ["CARD.md", "config.yaml", "golden", "manifest.json", "weights.safetensors"])
    let packing = try pack("u", to: "n.tar")
    #expect(packing.isUnchanged)
    #expect(packing.notes.isEmpty)
    #expect(try contents(folder("n.tar")) == contents(folder("m.tar")))
  }

  @Test func signaturesSurvive() throws {
    try ModelArchive.open(folder("m.tar")).sign(with: SigningKey(), to: folder("m.tar"))
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("u"))
    #expect(try pack("u", to: "n.tar").isUnchanged)
    #expect(try contents(folder("n.tar")) == contents(folder("m.tar")))
  }

  @Test func anEditMakesAChild() throws {
    try ModelArchive.open(folder("m.tar")).sign(with: SigningKey(), to: folder("m.tar"))
    let old = try ModelArchive.open(folder("m.tar"))
    try old.unpack(to: folder("u"))
    try write(Array("# Mine\n".utf8), folder("u/CARD.md"))
    try write(Array("Be kind.\n".utf8), folder("u/LICENSE"))
    let packing = try pack("u", to: "n.tar")
    #expect(!packing.isUnchanged)
    #expect(packing.notes == ["signatures are left out: they are of the old content"])
    let new = try ModelArchive.open(folder("n.tar"))
    #expect(new.signatures.isEmpty)
    #expect(new.manifest.provenance.parents == [Manifest.Parent(name: "tiny", digest: old.digest)])
    #expect(new.manifest.provenance.createdBy == "zoo pack")
    #expect(new.members(.licence).map(\.path) == ["LICENSE"])
    #expect(new.members(.golden).map(\.path) == ["golden/input.npy"])
    #expect(try new.data("CARD.md") == Array("# Mine\n".utf8))
  }

  /// Weights saved by another tool, in its order: laid out anew, and the outputs of the old ones left out.
  @Test func editedWeightsAreAligned() throws {
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("u"))
    let header =
      #"{"z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[16],"data_offsets":[4,68]}}"#
    try write(safetensors(header, data: 68), folder("u/weights.safetensors"))
    let packing = try pack("u", to: "n.tar")
    #expect(packing.notes == ["golden outputs are left out: they are of the old weights.safetensors"])
    let weights = try ModelArchive.open(folder("n.tar")).weights
    #expect(weights.dataOffset % 64 == 0)
    #expect(weights.entry("a")?.range == 0..<64)
    #expect(weights.entry("z")?.range == 64..<68)
  }

  @Test func foldersThatCannotBePacked() throws {
    try ModelArchive.open(folder("m.tar")).unpack(to: folder("u"))
    func refused() -> String {
      message { _ = try FolderPacking(folder: folder("u"), zoo: "0.1.0") }.replacing(folder.path + "/", with: "")
    }
    try write([1], folder("u/notes.txt"))
    #expect(refused().hasPrefix("u/notes.txt: what is this file for? An archive holds manifest.json, "))
    unlink(folder("u/notes.txt"))
    symlink("/etc/passwd", folder("u/LICENSE"))
    #expect(refused() == "u/LICENSE: a link cannot be packed; only plain files and folders can")
    unlink(folder("u/LICENSE"))
    mkfifo(folder("u/LICENSE"), 0o600)
    #expect(refused() == "u/LICENSE: a special file cannot be packed; only plain files and folders can")
    unlink(folder("u/LICENSE"))
    unlink(folder("u/config.yaml"))
    #expect(
      refused() == "u: manifest.json: exactly one member must have the role config, and its path must be config.yaml")
    unlink(folder("u/manifest.json"))
    #expect(refused() == "u: holds no manifest.json; zoo unpack makes a folder that can be packed")
  }

  @Test func unpackingNeedsAFolderOfItsOwn() throws {
    let archive = try ModelArchive.open(folder("m.tar"))
    mkdir(folder("u"), 0o755)
    try write([1], folder("u/mine"))
    #expect(message { try archive.unpack(to: folder("u")) } == "\(folder("u")): already exists; give another --output")
    #expect(names(folder("u")) == ["mine"])
    unlink(folder("u/mine"))
    try archive.unpack(to: folder("u") + "/")
    #expect(names(folder("u")).count == 5)
    #expect(message { try archive.unpack(to: folder("none/u")) }.hasSuffix("cannot create: No such file or directory"))
    #expect(names(folder.path) == ["m.tar", "u"])
  }
}
