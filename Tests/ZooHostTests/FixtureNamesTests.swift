import FoundationEssentials
import Testing
import ZooGraph
import ZooHost

/// Names and shapes against the arrays of real checkpoints.
@Suite struct FixtureNamesTests {
  private static let cases: [(folder: String, architecture: String, options: String)] = [
    (
      "vit-tiny", "vit",
      #"{"width": 64, "depth": 2, "heads": 4, "mlp": 256, "patch": 8, "image": 32}"#
    ),
    (
      "bit-tiny", "bit",
      #"{"units": [1, 2, 1, 1], "widths": [128, 128, 256, 256], "stem": 64, "groups": 32, "image": 64}"#
    ),
  ]

  @Test(arguments: cases)
  func parametersAreTimmsArrays(_ folder: String, _ architecture: String, _ options: String) throws {
    let arrays = try header("\(folder)/timm.safetensors")
    let built = try Built(architecture, options)
    for (spec, _) in built.graph.parameters {
      #expect(arrays[spec.name] == spec.shape, "\(spec.name)")
    }
    let head = arrays.keys.filter { $0.hasPrefix("head.") }
    #expect(head.count == 2)
    #expect(built.graph.parameters.count + head.count == arrays.count)
  }

  /// Each array is a source once, and each parameter comes from somewhere once.
  @Test(arguments: cases)
  func timmMapUsesEachArrayOnce(_ folder: String, _ architecture: String, _ options: String) throws {
    let arrays = try header("\(folder)/timm.safetensors")
    try checkMap("timm", Array(arrays.keys), Built(architecture, options))
  }

  @Test(arguments: cases)
  func officialMapUsesEachArrayOnce(_ folder: String, _ architecture: String, _ options: String) throws {
    try checkMap("official", members("\(folder)/official.npz"), Built(architecture, options))
  }

  @Test func huggingFacesMapIsComplete() throws {
    let options = #"{"width": 64, "depth": 2, "heads": 4, "mlp": 256, "pre-logits": 32}"#
    let built = try Built("vit", options)
    let map = try built.instance.keyMap("hf")
    let parameters = built.graph.parameters.map(\.spec.name) + ["head.weight", "head.bias"]
    #expect(map.map(\.parameter).sorted() == parameters.sorted())
    let sources = map.flatMap(\.sources)
    #expect(Set(sources).count == sources.count)
    let qkv = map.first { $0.parameter == "blocks.1.attn.qkv.bias" }
    #expect(qkv?.transform == "concatenate")
    #expect(qkv?.sources.last == "vit.encoder.layer.1.attention.attention.value.bias")
    #expect(sources.contains("vit.pooler.dense.weight") && sources.contains("classifier.bias"))
  }

  private func checkMap(_ format: String, _ arrays: [String], _ built: Built) throws {
    let map = try built.instance.keyMap(format)
    #expect(map.flatMap(\.sources).sorted() == arrays.sorted())
    let parameters = built.graph.parameters.map(\.spec.name) + ["head.weight", "head.bias"]
    #expect(map.map(\.parameter).sorted() == parameters.sorted())
  }

  private func fixture(_ name: String) throws -> [UInt8] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return Array(try Data(contentsOf: tests.appending(path: "Fixtures/\(name)")))
  }

  /// Shapes by name from a safetensors header.
  private func header(_ name: String) throws -> [String: [Int]] {
    struct Entry: Decodable { let shape: [Int]? }
    let bytes = try fixture(name)
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    return try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<8 + length])).compactMapValues(
      \.shape)
  }

  /// Names of the arrays in an npz file, from the local headers of its stored members.
  private func members(_ name: String) throws -> [String] {
    let bytes = try fixture(name)
    var names: [String] = []
    for place in bytes.indices.dropLast(46) where bytes[place..<place + 4].elementsEqual([0x50, 0x4b, 1, 2]) {
      let length = Int(bytes[place + 28]) | Int(bytes[place + 29]) << 8
      let member = String(decoding: bytes[place + 46..<place + 46 + length], as: UTF8.self)
      if member.hasSuffix(".npy") { names.append(String(member.dropLast(4))) }
    }
    return names
  }
}
