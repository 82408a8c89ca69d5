import Testing
import ZooData

/// Sums of pixels times their place, of rgb.png changed by Pillow 13.
@Suite struct AugmentTests {
  func sum(_ image: Image) -> Int {
    image.pixels.enumerated().reduce(0) { $0 + Int($1.element) * ($1.offset % 251 + 1) }
  }

  @Test func blendsArePillows() throws {
    let image = try Fixtures.image("rgb.png")
    #expect(sum(image) == 2_140_649_143)
    #expect(sum(image.brightened(1.5)) == 2_779_898_817 && sum(image.brightened(0.3)) == 634_842_531)
    #expect(sum(image.contrasted(1.7)) == 2_130_447_955 && sum(image.contrasted(0.4)) == 2_123_051_278)
    #expect(sum(image.saturated(1.8)) == 2_123_011_045 && sum(image.saturated(0.2)) == 2_115_823_768)
    #expect(sum(image.sharpened(1.9)) == 2_104_680_463 && sum(image.sharpened(0.1)) == 2_133_670_863)
    #expect(sum(image.equalized()) == 2_135_900_751)
    for same in [image.brightened(1), image.contrasted(1), image.saturated(1), image.sharpened(1)] {
      #expect(same == image)
    }
  }

  @Test func autoContrastIsPillows() throws {
    let image = try gradientOfPillow()
    #expect(
      Array(image.autoContrasted().pixels.prefix(12)) == [0, 28, 201, 54, 59, 151, 109, 90, 100, 164, 121, 50])
  }

  /// 4 x 5 pixels.
  func gradientOfPillow() throws -> Image {
    var pixels: [UInt8] = []
    for y in 0..<4 {
      for x in 0..<5 {
        pixels += [(x * 53 + y * 17) % 256, (x * 29 + y * 71 + 40) % 256, ((200 - x * 31 + y * 11) % 256 + 256) % 256]
          .map { UInt8($0) }
      }
    }
    return try Image(width: 5, height: 4, pixels: pixels)
  }

  @Test func randAugmentsOperationsArePillows() throws {
    let image = try Fixtures.image("rgb.png")
    // Those that go either way give one of two results, each some of the time.
    let wanted: [(RandAugmentOperation, Double, [Int])] = [
      (.rotate, 10, [2_059_169_678, 2_114_471_996]), (.shearX, 10, [2_115_440_626, 2_109_220_994]),
      (.shearY, 10, [2_127_736_635, 2_072_503_204]), (.translateX, 10, [2_107_238_822, 2_145_771_260]),
      (.translateY, 10, [2_125_981_683, 2_041_556_964]), (.posterize, 10, [2_013_830_976]),
      (.solarize, 5, [922_891_034]), (.invert, 10, [2_021_610_287]), (.sharpness, 10, [2_104_680_463]),
      (.sharpness, 0, [2_133_670_863]), (.solarize, 10, [2_140_649_143]), (.posterize, 20, [2_140_649_143]),
    ]
    for (operation, magnitude, sums) in wanted {
      var seen: Set<Int> = []
      for seed in 0..<12 as Range<UInt64> {
        var random = CounterRandom(seed: seed)
        seen.insert(sum(operation.apply(image, magnitude: magnitude, &random)))
      }
      #expect(seen == Set(sums), "\(operation) at \(magnitude)")
    }
  }

  @Test func huesTurnRound() throws {
    let image = try Image(width: 4, height: 1, pixels: [255, 0, 0, 10, 200, 30, 9, 9, 9, 0, 0, 255])
    #expect(image.hueTurned(1.0 / 3).pixels == [0, 255, 0, 30, 10, 200, 9, 9, 9, 255, 0, 0])
    #expect(image.hueTurned(0) == image && image.hueTurned(-1) == image)
  }

  @Test(arguments: [
    [TransformStep.randAugment(layers: 3, magnitude: 15)],
    [.colorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)],
    [.randomErasing(probability: 1, area: 0.02...0.33, aspect: 0.3...3.3)],
    [.randomResizedCrop(height: 20, width: 20, area: 0.08...1, aspect: 0.75...1.333, filter: .bilinear)],
  ])
  func augmentationIsAFunctionOfItsGenerator(steps: [TransformStep]) throws {
    let image = try Fixtures.image("rgb.png").resized(height: 20, width: 20, filter: .bilinear)
    let transform = try Transform(steps: steps, height: 20, width: 20)
    let all = try (0..<30 as Range<UInt64>).map {
      try transform.image(image, random: CounterRandom(seed: $0), origin: "a")
    }
    let again = try (0..<30 as Range<UInt64>).map {
      try transform.image(image, random: CounterRandom(seed: $0), origin: "a")
    }
    #expect(all == again)
    #expect(Set(all.map(\.pixels)).count > 10)
  }

  @Test func erasingTakesOnePartToTheMean() throws {
    let image = try Image(width: 40, height: 30, pixels: [UInt8](repeating: 7, count: 3600))
    let transform = try Transform(
      steps: [.randomErasing(probability: 1, area: 0.1...0.2, aspect: 0.5...2)], height: 30, width: 40,
      mean: [0.2, 0.4, 0.6])
    for seed in 0..<20 as Range<UInt64> {
      let out = try transform.image(image, random: CounterRandom(seed: seed), origin: "a")
      let erased = stride(from: 0, to: 3600, by: 3).filter { Array(out.pixels[$0..<$0 + 3]) == [51, 102, 153] }
      let untouched = stride(from: 0, to: 3600, by: 3).filter { Array(out.pixels[$0..<$0 + 3]) == [7, 7, 7] }
      #expect(erased.count + untouched.count == 1200 && (100...260).contains(erased.count))
    }
  }

  @Test func scaledDecodingStillShrinks() throws {
    let steps: [TransformStep] = [
      .resize(height: 50, width: 40, filter: .bilinear), .resizeShortSide(size: 50, filter: .bilinear),
      .randomResizedCrop(height: 40, width: 40, area: 0.3...1, aspect: 0.75...1.333, filter: .bilinear),
    ]
    let file = try Fixtures.bytes("rgb.jpg")
    let folder = try TemporaryFolder()
    try folder.add("a/1.jpg", file)
    let data = try FolderDataset(path: folder.path)
    for step in steps {
      let (height, width): (Int, Int) =
        if case .resizeShortSide = step { (66, 50) } else if case .resize = step { (50, 40) } else { (40, 40) }
      func batch(_ scaled: Bool) throws -> Batch {
        let transform = try Transform(steps: [step], height: height, width: width, scaledDecoding: scaled)
        return try BatchMaker(dataset: data, transform: transform, batchSize: 1, seed: 1, phase: .evaluate).makeBatch(0)
      }
      let (plain, scaled) = (try batch(false), try batch(true))
      let difference =
        zip(plain.images, scaled.images).reduce(Float(0)) { $0 + abs($1.0 - $1.1) } / Float(plain.images.count)
      #expect(difference > 0 && difference < 0.06, "\(step)")
    }
  }

  @Test func impossibleNumbersAreErrors() {
    func wrong(_ step: TransformStep) -> String {
      message { _ = try Transform(steps: [step], height: 1, width: 1) }
    }
    #expect(
      wrong(.colorJitter(brightness: 0, contrast: 0, saturation: 0, hue: 0.6))
        == "transform: hue 0.6; it must lie in 0 to 0.5")
    #expect(
      wrong(.randAugment(layers: 99, magnitude: 3))
        == "transform: RandAugment with 99 layers of magnitude 3.0; 0 to 16 layers of 0 to 30 are possible")
    #expect(
      wrong(.randomErasing(probability: 0.5, area: 0.0...0.5, aspect: 1...1))
        == "transform: erased area 0.0 to 0.5; it must lie in (0, 1]")
    #expect(message { _ = try Mixing(mixup: -1) } == "transform: mixup of -1.0; it must lie in 0 to 1000")
    #expect(message { _ = try Mixing(mixup: 1, group: 0) } == "transform: mixing in groups of 0; it must be at least 1")
  }
}
