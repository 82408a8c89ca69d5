import Glibc
import Testing
import ZooArchive
import ZooRecipe
import ZooTrain

@Suite("A checkpoint is taken whole or refused")
struct ImportTests {
  private let vit = Reference.all[0]

  /// The reference's checkpoint with arrays left out, added or of another shape.
  private func write(_ scratch: Scratch, _ edit: (inout [TensorSource]) throws -> Void) throws -> String {
    let file = try SafetensorsFile(path: vit.file("timm.safetensors"))
    var sources = try file.entries.map { try TensorSource(copying: $0.name, of: file) }
    try edit(&sources)
    try SafetensorsWriter.write(sources, to: scratch.file("w.safetensors"))
    return scratch.file("w.safetensors")
  }

  private func array(_ name: String, _ shape: [Int]) -> TensorSource {
    TensorSource(name: name, floats: Array(repeating: 0, count: shape.reduce(1, *)), shape: shape)
  }

  @Test func everyMisfitAtOnce() throws {
    let scratch = try Scratch()
    let path = try write(scratch) { sources in
      sources.removeAll { ["norm.bias", "blocks.1.mlp.fc2.weight", "cls_token"].contains($0.name) }
      sources.append(array("dist_token", [1, 1, 64]))
      let index = try #require(sources.firstIndex { $0.name == "blocks.0.norm1.weight" })
      sources[index] = array("blocks.0.norm1.weight", [32])
    }
    #expect(
      scratch.failure { _ = try vit.model(weights: path) } == """
        w.safetensors: the arrays do not fit the architecture
          missing: cls_token, blocks.1.mlp.fc2.weight, norm.bias
          not wanted: dist_token
          of another shape: blocks.0.norm1.weight [32], wanted [64]
        """)
  }

  /// As many elements in another arrangement are another array.
  @Test func transposed() throws {
    let scratch = try Scratch()
    let path = try write(scratch) { sources in
      let index = try #require(sources.firstIndex { $0.name == "blocks.0.mlp.fc1.weight" })
      sources[index] = array("blocks.0.mlp.fc1.weight", [64, 256])
    }
    #expect(
      scratch.failure { _ = try vit.model(weights: path) } == """
        w.safetensors: the arrays do not fit the architecture
          of another shape: blocks.0.mlp.fc1.weight [64, 256], wanted [256, 64]
        """)
  }

  @Test func aCheckpointWithoutClassifierHasNoHead() throws {
    let scratch = try Scratch()
    let path = try write(scratch) { $0.removeAll { $0.name.hasPrefix("head.") } }
    let model = try vit.model(weights: path)
    #expect(model.heads.isEmpty)
    #expect(scratch.failure { _ = try model.onlyHead() } == "model: has no head; fine-tune it first")
  }

  @Test func theClassifierSaysHowManyClasses() throws {
    let scratch = try Scratch()
    let path = try write(scratch) { sources in
      sources.removeAll { $0.name.hasPrefix("head.") }
      sources += [array("head.weight", [3, 64]), array("head.bias", [3])]
    }
    let model = try vit.model(weights: path)
    #expect(model.heads.map(\.classes) == [3])
    #expect(model.heads.map(\.labels) == [["0", "1", "2"]])
  }

  @Test func anotherFormat() throws {
    let scratch = try Scratch()
    try scratch.write("w.bin", "")
    #expect(
      scratch.failure { _ = try vit.model(weights: scratch.file("w.bin")) }
        == "w.bin: neither an npz file (ZIP of npy arrays) nor a safetensors file")
  }

  @Test func aTruncatedCheckpoint() throws {
    let scratch = try Scratch()
    let whole = try SafetensorsFile(path: vit.file("timm.safetensors"))
    let path = try write(scratch) { _ in }
    truncate(path, whole.dataOffset + 1000)
    let message = scratch.failure { _ = try vit.model(weights: path) }
    #expect(message.hasPrefix("w.safetensors: the header describes "))
    #expect(message.hasSuffix(" bytes of data, the file has 1000"))
  }
}
