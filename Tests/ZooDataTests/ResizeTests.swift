import Testing
import ZooData

@Suite struct ResizeTests {
  @Test(arguments: [ResizeFilter.bilinear, .bicubic, .lanczos], [(64, 64, "square64"), (400, 300, "up300x400")])
  func resizeIsPillowsBitForBit(filter: ResizeFilter, to size: (Int, Int, String)) throws {
    let resized = try Fixtures.image("rgb.png")
      .resized(height: size.0, width: size.1, filter: filter)
    let reference = try Fixtures.reference("rgb.png.\(size.2)-\(filter.rawValue).npy")
    #expect(resized.height == reference.height && resized.width == reference.width)
    #expect(resized.pixels == reference.pixels)
  }

  @Test func withoutAntialiasingItIsTensorFlows() throws {
    let resized = try Fixtures.image("rgb.png").resized(height: 64, width: 64, filter: .bilinearNoAntialias)
    let file = try Fixtures.bytes("rgb.png.square64-bilinear-noantialias.f32.npy")
    let start = file.count - 4 * 64 * 64 * 3
    var worst: Float = 0
    for at in resized.pixels.indices {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(file[start + 4 * at + $1]) << (8 * UInt32($1)) }
      worst = max(worst, abs(Float(bitPattern: bits) - Float(resized.pixels[at])))
    }
    #expect(worst <= 1)
    // Growing, the two are the same.
    let grown = try Fixtures.image("rgb.png").resized(height: 400, width: 300, filter: .bilinearNoAntialias)
    #expect(grown == (try Fixtures.image("rgb.png").resized(height: 400, width: 300, filter: .bilinear)))
  }

  @Test(arguments: ResizeFilter.allCases)
  func constantImagesStayConstant(filter: ResizeFilter) throws {
    let image = try Image(width: 13, height: 7, pixels: [UInt8](repeating: 201, count: 13 * 7 * 3))
    for (height, width) in [(1, 1), (7, 50), (33, 2), (13, 7), (64, 65)] {
      let resized = try image.resized(height: height, width: width, filter: filter)
      #expect(resized.pixels == [UInt8](repeating: 201, count: height * width * 3))
    }
  }

  @Test func theSameSizeChangesNothing() throws {
    let image = try Fixtures.image("rgb.png")
    #expect(try image.resized(height: 240, width: 180, filter: .bicubic) == image)
  }

  @Test func sizesOutsideTheLimitsAreErrors() throws {
    let image = try Fixtures.image("one_pixel.png")
    #expect(
      message { _ = try image.resized(height: 0, width: 10, filter: .bilinear) }
        == "resize: an image of 10 x 0 pixels; "
        + "sides must be 1 to 65500 and the area at most 300000000")
  }
}
