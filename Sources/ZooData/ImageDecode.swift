import CZooKernels

/// What an image file's first bytes say it is.
public enum ImageFormat: String, Sendable, CaseIterable {
  case jpeg = "JPEG"
  case png = "PNG"
  case webp = "WebP"

  /// File name endings, in lower case, that a data set takes for images.
  public static let fileExtensions = ["jpg", "jpeg", "png", "webp"]

  /// The format that `bytes` begin like, or nil.
  public init?(signature bytes: UnsafeRawBufferPointer) {
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      self = .webp
    } else {
      return nil
    }
  }
}

extension Image {
  /// Decodes a JPEG, PNG or WebP file that is in memory.
  ///
  /// JPEG: baseline and progressive; grey, RGB, CMYK and YCCK (taken as inverted, the Adobe convention);
  /// accurate integer DCT and triangle-filtered chroma, as Pillow decodes. PNG: every kind; alpha and
  /// transparency are dropped, 16 bits keep their upper 8, gamma is not applied. WebP: lossy and lossless, one frame;
  /// alpha is dropped. An EXIF orientation is applied, so that the image is upright. All this is what Pillow's
  /// `exif_transpose` and `convert("RGB")` give, but for grey PNG of 16 bits, which Pillow cuts off at 255.
  ///
  /// - Parameters:
  ///   - origin: the file's name for error messages.
  ///   - reducing: by how much, 1, 2, 4 or 8, an image of this height and width (once upright) may be decoded smaller;
  ///     JPEG only, the others keep their size.
  /// - Throws: `DataError`: not an image, cut short, broken, too large.
  public static func decode(
    bytes: [UInt8], origin: String, reducing: (_ height: Int, _ width: Int) -> Int = { _, _ in 1 }
  ) throws -> Image {
    try bytes.withUnsafeBytes { try decode(raw: $0, origin: origin, reducing: reducing) }
  }

  /// Decodes the image file at `path`; see `decode(bytes:origin:reducing:)`.
  public static func decode(path: String) throws -> Image {
    try decode(bytes: readFile(path), origin: path)
  }

  /// Width and height of an image once upright, read from its header alone.
  public static func size(bytes: [UInt8], origin: String) throws -> (width: Int, height: Int) {
    try bytes.withUnsafeBytes { raw in
      let format = try signature(raw, origin: origin)
      let stored = try header(raw, format: format, origin: origin)
      let turned = exifOrientation(raw, format: format) >= 5
      return turned ? (stored.height, stored.width) : stored
    }
  }

  static func decode(
    raw: UnsafeRawBufferPointer, origin: String, reducing: (_ height: Int, _ width: Int) -> Int
  ) throws -> Image {
    let format = try signature(raw, origin: origin)
    var (width, height) = try header(raw, format: format, origin: origin)
    let orientation = exifOrientation(raw, format: format)
    var reduction = 1
    if format == .jpeg {
      let wanted = orientation >= 5 ? reducing(width, height) : reducing(height, width)
      reduction = [8, 4, 2].first { $0 <= wanted } ?? 1
      (width, height) = ((width + reduction - 1) / reduction, (height + reduction - 1) / reduction)
    }
    let count = 3 * width * height
    let bytes = raw.assumingMemoryBound(to: UInt8.self)
    let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      // A decoder that stops early has told so, and nothing it wrote is used.
      _ = try call(origin: origin, format: format) { result in
        switch format {
        case .jpeg:
          zoo_jpeg_decode(
            bytes.baseAddress, bytes.count, Int32(reduction), buffer.baseAddress, count, &result)
        case .png: zoo_png_decode(bytes.baseAddress, bytes.count, buffer.baseAddress, count, &result)
        case .webp: zoo_webp_decode(bytes.baseAddress, bytes.count, buffer.baseAddress, count, &result)
        }
      }
      filled = count
    }
    let image = Image(checkedWidth: width, height: height, pixels: pixels)
    return image.oriented(orientation)
  }

  private static func signature(_ raw: UnsafeRawBufferPointer, origin: String) throws -> ImageFormat {
    if let format = ImageFormat(signature: raw) { return format }
    if raw.isEmpty { throw DataError.emptyFile(origin: origin) }
    throw DataError.notAnImage(origin: origin, start: Array(raw.prefix(4)))
  }

  private static func header(
    _ raw: UnsafeRawBufferPointer, format: ImageFormat, origin: String
  ) throws -> (width: Int, height: Int) {
    let bytes = raw.assumingMemoryBound(to: UInt8.self)
    let found = try call(origin: origin, format: format) { result in
      switch format {
      case .jpeg: zoo_jpeg_header(bytes.baseAddress, bytes.count, &result)
      case .png: zoo_png_header(bytes.baseAddress, bytes.count, &result)
      case .webp: zoo_webp_header(bytes.baseAddress, bytes.count, &result)
      }
    }
    try checkSize(width: found.width, height: found.height, origin: origin)
    return found
  }

  private static func call(
    origin: String, format: ImageFormat, _ body: (inout zoo_image_result) -> Void
  ) throws -> (width: Int, height: Int) {
    try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      text.initialize(repeating: 0)
      var result = zoo_image_result()
      result.text = text.baseAddress
      result.text_capacity = text.count
      body(&result)
      let size = (width: Int(result.width), height: Int(result.height))
      switch Int(result.status) {
      case ZOO_IMAGE_OK: return size
      case ZOO_IMAGE_CUT_SHORT: throw DataError.imageCutShort(origin: origin, format: format)
      case ZOO_IMAGE_TOO_LARGE:
        throw DataError.imageSize(origin: origin, width: size.width, height: size.height)
      default:
        let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        throw DataError.imageBroken(origin: origin, format: format, reason: reason)
      }
    }
  }

  /// The image turned by an EXIF orientation (1...8; anything else leaves it alone).
  func oriented(_ orientation: Int) -> Image {
    guard (2...8).contains(orientation) else { return self }
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, filled in
      zoo_image_orient(
        pixels, Int32(width), Int32(height), Int32(orientation), buffer.baseAddress)
      filled = pixels.count
    }
    let swapped = orientation >= 5
    return Image(
      checkedWidth: swapped ? height : width, height: swapped ? width : height, pixels: turned)
  }
}
