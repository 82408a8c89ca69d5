/// An upright 8-bit RGB image: `height` rows of `width` pixels, red, green and blue interleaved.
public struct Image: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `3 * width * height` bytes, row by row.
  public let pixels: [UInt8]

  /// The largest side, and the largest number of pixels, that an image may have.
  public static let maximumSide = 65_500
  public static let maximumPixels = 300_000_000

  /// - Throws: `DataError.imageSize` when a side is not positive or over the limits, or when the number
  ///   of bytes is not `3 * width * height`.
  public init(width: Int, height: Int, pixels: [UInt8]) throws {
    try Image.checkSize(width: width, height: height, origin: "image")
    guard pixels.count == 3 * width * height else {
      throw DataError.imageBytes(width: width, height: height, bytes: pixels.count)
    }
    self.init(checkedWidth: width, height: height, pixels: pixels)
  }

  init(checkedWidth width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  static func checkSize(width: Int, height: Int, origin: String) throws {
    guard width > 0, height > 0, width <= maximumSide, height <= maximumSide,
      width * height <= maximumPixels
    else { throw DataError.imageSize(origin: origin, width: width, height: height) }
  }

  /// The part of `height` x `width` pixels whose upper left corner is at (`top`, `left`).
  ///
  /// - Throws: `DataError.cropOutside` when the part is not wholly inside the image.
  public func cropped(top: Int, left: Int, height: Int, width: Int) throws -> Image {
    guard top >= 0, left >= 0, height > 0, width > 0, height <= self.height, width <= self.width,
      top <= self.height - height, left <= self.width - width
    else {
      throw DataError.cropOutside(
        top: top, left: left, height: height, width: width, imageHeight: self.height,
        imageWidth: self.width)
    }
    if height == self.height && width == self.width { return self }
    var part: [UInt8] = []
    part.reserveCapacity(3 * width * height)
    for y in top..<top + height {
      let start = 3 * (y * self.width + left)
      part.append(contentsOf: pixels[start..<start + 3 * width])
    }
    return Image(checkedWidth: width, height: height, pixels: part)
  }

  /// The image mirrored left to right.
  public func flipped() -> Image { oriented(2) }
}
