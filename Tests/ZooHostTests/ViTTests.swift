import Testing
import ZooGraph
import ZooHost

@Suite struct ViTTests {
  /// Parameters at 224 pixels with a classifier of 1,000 classes.
  @Test(arguments: [
    ("vit-ti16", 5_717_416), ("vit-s32", 22_878_952), ("vit-s16", 22_050_664), ("vit-b32", 88_224_232),
    ("vit-b16", 86_567_656), ("vit-b8", 86_576_872), ("vit-l32", 306_535_400), ("vit-l16", 304_326_632),
    ("vit-h14", 632_045_800), ("vit-giant14", 1_012_611_432), ("vit-gigantic14", 1_844_440_680),
  ])
  func countsItsParameters(_ name: String, _ count: Int) throws {
    let built = try Built(name)
    let width = try built.instance.backboneDeclaration().features
    #expect(built.parameterCount + 1000 * width + 1000 == count)
  }

  @Test func publishesActivations() throws {
    let built = try Built("vit-b16")
    let tokens = [-1, 197, 768]
    let blocks = (0..<12).map { "block" + ($0 < 10 ? "0" : "") + "\($0)" }
    #expect(built.build.activations.map(\.name) == ["stem"] + blocks + ["tokens", "pooled"])
    for name in ["stem", "block00", "block11", "tokens"] { #expect(built.shape(name) == tokens) }
    #expect(built.shape("pooled") == [-1, 768])
  }
}
