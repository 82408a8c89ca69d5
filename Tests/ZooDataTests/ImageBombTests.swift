import Testing
import ZooData

/// Small files made to cost much.
@Suite struct ImageBombTests {
  /// libpng would inflate each of these texts to 16 MiB and keep it.
  @Test func textsInPNGFilesAreNotInflated() throws {
    let file = try Fixtures.fuzz("bombs/text.png")
    let data = try #require(file.indices.first { file[$0...].starts(with: "IDAT".utf8) }) - 4
    let bomb = Array(file[..<33]) + (0..<50).flatMap { _ in file[33..<data] } + file[data...]
    #expect(try Image.decode(bytes: bomb, origin: "x.png").pixels == [0, 0, 0])
  }

  /// Each scan is a pass over all pixels, however few bytes it has.
  @Test func scansOfJPEGFilesAreCounted() throws {
    #expect(
      message { try decode(scans: 501, width: 23, height: 17) }
        == "x.jpg: the JPEG image is broken: more than 500 scans")
    #expect(
      message { try decode(scans: 40, width: 20_000, height: 14_000) }
        == "x.jpg: the JPEG image is broken: too many scans for its size")
    #expect(throws: Never.self) { try decode(scans: 100, width: 23, height: 17) }
  }

  private func decode(scans: Int, width: Int, height: Int) throws {
    var file = try Fixtures.fuzz("jpeg/progressive.jpg")
    let frame = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xC2]) })
    for (at, size) in [(5, height), (7, width)] {
      file[frame + at] = UInt8(size >> 8)
      file[frame + at + 1] = UInt8(size & 255)
    }
    let scan = try #require(file.indices.first { file[$0...].starts(with: [0xFF, 0xDA]) })
    let next = try #require(file.indices.first { $0 > scan && file[$0...].starts(with: [0xFF, 0xC4]) })
    let refinement: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0x10]
    let more = (0..<scans).flatMap { _ in refinement }
    // As many bytes as the size asks for.
    let rest = [UInt8](repeating: 0, count: width * height / 2048)
    _ = try Image.decode(bytes: file[..<next] + more + file[next...] + rest, origin: "x.jpg")
  }
}
