import Testing
import ZooReport

@Suite struct ThumbnailTests {
  @Test func sidesAndBytesMustFit() {
    #expect(Thumbnail(width: 0, height: 1, pixels: []) == nil)
    #expect(Thumbnail(width: 513, height: 1, pixels: [UInt8](repeating: 0, count: 1539)) == nil)
    #expect(Thumbnail(width: 1, height: 1, pixels: [1, 2]) == nil)
  }

  /// The bytes by Python's zlib.
  @Test func thePNGFileOfTwoPixels() throws {
    let picture = try #require(Thumbnail(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255]))
    let hex = picture.png.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
    #expect(
      hex == "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd"
        + "00000012494441547801010700f8ff00ff00000000ff070001ff5536ba"
        + "c70000000049454e44ae426082")
  }
}
