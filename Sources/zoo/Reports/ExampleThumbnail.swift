import ZooData
import ZooReport

/// Small pictures of examples, for pages.
enum ExampleThumbnail {
  /// Longest side of a thumbnail, in pixels.
  private static let side = 128

  /// nil for what is no picture; a page needs none.
  static func of(_ dataset: any Dataset, _ index: Int) -> Thumbnail? {
    guard let example = try? dataset.example(at: index) else { return nil }
    return of(example)
  }

  static func of(_ example: Example) -> Thumbnail? {
    guard let image = picture(example) else { return nil }
    let longest = max(image.width, image.height)
    guard longest > side else { return Thumbnail(width: image.width, height: image.height, pixels: image.pixels) }
    let (width, height) = (max(1, image.width * side / longest), max(1, image.height * side / longest))
    guard let small = try? image.resized(height: height, width: width, filter: .bilinear) else { return nil }
    return Thumbnail(width: small.width, height: small.height, pixels: small.pixels)
  }

  /// Tensors are stretched from their smallest to their largest value.
  private static func picture(_ example: Example) -> Image? {
    switch example {
    case .image(let image): return image
    case .missing: return nil
    case .tensor(let values, let height, let width, let channels):
      guard channels == 1 || channels == 3, values.allSatisfy(\.isFinite), let low = values.min(),
        let high = values.max()
      else { return nil }
      let bytes = values.map { UInt8(high > low ? ($0 - low) / (high - low) * 255 : 128) }
      let pixels = channels == 3 ? bytes : bytes.flatMap { [$0, $0, $0] }
      return try? Image(width: width, height: height, pixels: pixels)
    }
  }
}
