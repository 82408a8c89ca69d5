import FoundationEssentials
import Testing
import ZooData
import ZooPictures

@Suite struct DecodeTests {
  @Test(arguments: [
    "rgb.png", "grey.png", "grey16.png", "palette.png", "rgba.png", "one_pixel.png", "lossless.webp",
  ])
  func losslessFormatsDecodeExactly(name: String) throws {
    let image = try Fixtures.image(name)
    let reference = try Fixtures.reference("\(name).decoded.npy")
    #expect(image.height == reference.height && image.width == reference.width)
    #expect(image.pixels == reference.pixels)
  }

  @Test(arguments: [
    "rgb.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "subsampled420.jpg", "exif_rotated.jpg", "lossy.webp",
  ])
  func lossyFormatsDecodeClosely(name: String) throws {
    let image = try Fixtures.image(name)
    let reference = try Fixtures.reference("\(name).decoded.npy")
    #expect(image.height == reference.height && image.width == reference.width)
    #expect(image.pixels.count == reference.pixels.count)
    var sum = 0
    for pixel in 0..<image.pixels.count / 3 {
      let differences = (0..<3).map {
        abs(Int(image.pixels[3 * pixel + $0]) - Int(reference.pixels[3 * pixel + $0]))
      }
      sum += differences.max() ?? 0
    }
    let mean = Double(sum) / Double(image.pixels.count / 3)
    #expect(mean < 2, "\(name): mean of the largest channel difference is \(mean)")
  }

  @Test func sizeIsReadFromTheHeader() throws {
    let rotated = try Image.size(bytes: Fixtures.bytes("exif_rotated.jpg"), origin: "a")
    #expect(rotated.width == 240 && rotated.height == 180)
    let plain = try Image.size(bytes: Fixtures.bytes("rgb.png"), origin: "a")
    #expect(plain.width == 180 && plain.height == 240)
  }

  @Test func everyOrientationTurnsUpright() throws {
    // A stored image of 2 x 3 pixels (a b / c d / e f), as a PNG with an eXIf chunk.
    let stored: [UInt8] = Array("abcdef".utf8)
    let upright = [
      1: "ab/cd/ef", 2: "ba/dc/fe", 3: "fe/dc/ba", 4: "ef/cd/ab", 5: "ace/bdf", 6: "eca/fdb",
      7: "fdb/eca", 8: "bdf/ace",
    ]
    for (orientation, wanted) in upright.sorted(by: { $0.key < $1.key }) {
      let file = PNG.grey(width: 2, height: 3, pixels: stored, orientation: UInt8(orientation))
      let image = try Image.decode(bytes: file, origin: "turned.png")
      let rows = wanted.split(separator: "/").map(String.init)
      #expect(image.height == rows.count && image.width == rows[0].count)
      let red = stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
      #expect(red == Array(rows.joined().utf8), "orientation \(orientation)")
    }
  }

  @Test func filesThatAreNoImagesSayWhatTheyStartWith() {
    #expect(
      message { _ = try Image.decode(bytes: Array("RIFFxxxx".utf8), origin: "cat.webp") }
        == "cat.webp: not a JPEG, PNG or WebP image (starts with 52 49 46 46)")
    #expect(
      message { _ = try Image.decode(bytes: [], origin: "cat.jpg") }
        == "cat.jpg: is empty; a JPEG, PNG or WebP image is needed")
    #expect(
      message { _ = try Image.decode(path: "/nowhere/cat.jpg") }
        == "/nowhere/cat.jpg: cannot be read: No such file or directory")
  }

  @Test func webpTurnsUprightByItsExif() throws {
    let file = try Fixtures.bytes("lossless.webp")
    let plain = try Fixtures.image("lossless.webp")
    let tiff: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]
    for start in [[], Array("Exif\u{0}\u{0}".utf8)] as [[UInt8]] {
      let turned = WebP.extended(file, width: plain.width, height: plain.height, exif: start + tiff)
      let image = try Image.decode(bytes: turned, origin: "turned.webp")
      #expect(image.height == plain.width && image.width == plain.height)
      // Orientation 6: the stored upper left is the upper right.
      #expect(Array(image.pixels[3 * (image.width - 1)..<3 * image.width]) == Array(plain.pixels[..<3]))
    }
  }

  @Test func jpegMayBeDecodedSmaller() throws {
    let file = try Fixtures.bytes("rgb.jpg")
    let whole = try Image.decode(bytes: file, origin: "a")
    for (wanted, got) in [(1, 1), (2, 2), (3, 2), (4, 4), (8, 8), (100, 8), (-1, 1)] {
      let image = try Image.decode(bytes: file, origin: "a") { height, width in
        #expect(height == whole.height && width == whole.width)
        return wanted
      }
      #expect(image.height == (whole.height + got - 1) / got && image.width == (whole.width + got - 1) / got)
      let resized = try whole.resized(height: image.height, width: image.width, filter: .bilinear)
      let difference = zip(resized.pixels, image.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Double(difference) / Double(image.pixels.count) < 10, "1/\(got)")
    }
    // The size that is asked about is the upright one, whatever way the file lies.
    let turned = try Image.decode(bytes: Fixtures.bytes("exif_rotated.jpg"), origin: "a") { height, width in
      height == 180 && width == 240 ? 4 : 1
    }
    #expect(turned.height == 45 && turned.width == 60)
    let png = try Image.decode(bytes: Fixtures.bytes("rgb.png"), origin: "a") { _, _ in 8 }
    #expect(png.height == 240)
  }

  @Test(arguments: ["rgb.jpg", "progressive.jpg", "cmyk.jpg", "rgb.png", "palette.png", "lossless.webp", "lossy.webp"])
  func everyTruncationIsAnError(name: String) throws {
    let file = try Fixtures.bytes(name)
    let format = name.hasSuffix("png") ? "PNG" : name.hasSuffix("webp") ? "WebP" : "JPEG"
    // The last bytes of a PNG are checksums and an end mark behind the pixels.
    for length in stride(from: 12, to: file.count - 40, by: 997) {
      #expect(
        message { _ = try Image.decode(bytes: Array(file[..<length]), origin: "a/\(name)") }
          == "a/\(name): the \(format) image is cut short", "\(length) bytes")
    }
  }

  @Test func brokenContentsAreNamed() throws {
    var file = try Fixtures.bytes("rgb.png")
    file[30] ^= 0xFF
    #expect(
      message { _ = try Image.decode(bytes: file, origin: "a.png") }
        == "a.png: the PNG image is broken: IHDR: CRC error")
  }

  @Test func hugeClaimsAreRefusedBeforeMemoryIsTaken() throws {
    let small = PNG.grey(width: 2, height: 3, pixels: [1, 2, 3, 4, 5, 6])
    #expect(
      message { _ = try Image.decode(bytes: PNG.resized(small, 100_000, 10), origin: "big.png") }
        == "big.png: an image of 100000 x 10 pixels; "
        + "sides must be 1 to 65500 and the area at most 300000000")
    #expect(
      message { _ = try Image.decode(bytes: PNG.resized(small, 60_000, 60_000), origin: "big.png") }
        == "big.png: an image of 60000 x 60000 pixels; "
        + "sides must be 1 to 65500 and the area at most 300000000")
    #expect(
      message { _ = try Image.decode(bytes: PNG.resized(small, 15_000, 15_000), origin: "bomb.png") }
        == "bomb.png: the PNG image is cut short")
  }

  @Test func mutatedFilesNeverCrash() throws {
    var random = CounterRandom(seed: 7)
    let names = [
      "one_pixel.png", "subsampled420.jpg", "progressive.jpg", "grey.jpg", "palette.png",
      "exif_rotated.jpg", "cmyk.jpg", "lossy.webp", "lossless.webp",
    ]
    let files = try names.map { try Fixtures.bytes($0) }
    var decoded = 0
    for round in 0..<2700 {
      var file = files[round % files.count]
      // Half of the hits go where the structure is.
      for _ in 0...random.integer(below: 8) {
        let range = random.chance(0.5) ? min(file.count, 700) : file.count
        file[random.integer(below: range)] = UInt8(random.integer(below: 256))
      }
      if random.chance(0.2) { file.removeLast(random.integer(below: file.count)) }
      if random.chance(0.1) { file.insert(0xFF, at: random.integer(below: file.count + 1)) }
      if let image = try? Image.decode(bytes: file, origin: "mutant") {
        decoded += 1
        #expect(image.pixels.count == 3 * image.width * image.height)
      }
    }
    #expect(decoded > 100 && decoded < 2700)
  }
}

/// WebP files made by hand.
enum WebP {
  /// A simple file with the headers of the extended format and an EXIF chunk.
  static func extended(_ simple: [UInt8], width: Int, height: Int, exif: [UInt8]) -> [UInt8] {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
      Array(name.utf8) + little(data.count, 4) + data + [UInt8](repeating: 0, count: data.count % 2)
    }
    let body =
      Array("WEBP".utf8) + chunk("VP8X", [8, 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3)) + simple[12...]
      + chunk("EXIF", exif)
    return Array("RIFF".utf8) + little(body.count, 4) + body
  }
}
