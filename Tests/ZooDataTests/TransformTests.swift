import Testing
import ZooData

@Suite struct TransformTests {
  let random = CounterRandom(seed: 1, 2, 3)

  @Test func normalisedValuesAreTorchvisions() throws {
    let image = try Image(width: 2, height: 1, pixels: [0, 128, 255, 10, 20, 30])
    let plain = try Transform(steps: [], height: 1, width: 2)
    #expect(
      try plain.values(image, random: random, origin: "a")
        == [0, 128, 255, 10, 20, 30].map { (Float($0) / 255 - 0.5) / 0.5 })
    let own = try Transform(
      steps: [], height: 1, width: 2, mean: [0.1, 0.2, 0.3], deviation: [0.5, 0.25, 2])
    let values = try own.values(image, random: random, origin: "a")
    #expect(values[1] == (Float(128) / 255 - 0.2) / 0.25)
    #expect(values[5] == (Float(30) / 255 - 0.3) / 2)
  }

  @Test func standardResizesToASquare() throws {
    let image = try Fixtures.image("rgb.png")
    let reference = try Fixtures.reference("rgb.png.square64-bilinear.npy")
    let values = try Transform.standard(.evaluate, size: 64)
      .values(image, random: random, origin: "rgb.png")
    #expect(values == reference.pixels.map { (Float($0) / 255 - 0.5) / 0.5 })
  }

  @Test func standardTrainingFlipsHalfOfTheTime() throws {
    let image = try gradient(height: 8, width: 8)
    let transform = try Transform.standard(.train, size: 8)
    var flipped = 0
    for example in 0..<400 as Range<UInt64> {
      let out = try transform.image(image, random: random.split(example), origin: "a")
      #expect(out == image || out == image.flipped())
      flipped += out == image ? 0 : 1
    }
    #expect((150...250).contains(flipped))
  }

  @Test func flipMirrorsRows() throws {
    let image = try Image(width: 3, height: 1, pixels: [1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(image.flipped().pixels == [7, 8, 9, 4, 5, 6, 1, 2, 3])
    let always = try Transform(steps: [.flip(probability: 1)], height: 1, width: 3)
    #expect(try always.image(image, random: random, origin: "a") == image.flipped())
    let never = try Transform(steps: [.flip(probability: 0)], height: 1, width: 3)
    #expect(try never.image(image, random: random, origin: "a") == image)
    #expect(
      try always.values(image, random: random, origin: "a")
        == never.values(image.flipped(), random: random, origin: "a"))
  }

  @Test func randomCropsReachEveryPlaceAndOnlyThose() throws {
    let image = try gradient(height: 9, width: 6)
    let crop = try Transform(
      steps: [.crop(height: 7, width: 5, position: .random)], height: 7, width: 5)
    var corners = [Int](repeating: 0, count: 6)
    for example in 0..<600 as Range<UInt64> {
      let part = try crop.image(image, random: random.split(example), origin: "a")
      let (top, left) = (Int(part.pixels[0]), Int(part.pixels[1]))
      #expect(part == (try image.cropped(top: top, left: left, height: 7, width: 5)))
      #expect(try crop.image(image, random: random.split(example), origin: "a") == part)
      corners[top * 2 + left] += 1
    }
    #expect(corners.allSatisfy { $0 > 60 })
  }

  @Test func centreCropIsInTheMiddle() throws {
    let image = try gradient(height: 10, width: 7)
    let crop = try Transform(
      steps: [.crop(height: 4, width: 4, position: .center)], height: 4, width: 4)
    #expect(
      try crop.image(image, random: random, origin: "a")
        == image.cropped(top: 3, left: 2, height: 4, width: 4))
  }

  @Test func shortSideKeepsTheAspectRatio() throws {
    let image = try gradient(height: 30, width: 20)
    let transform = try Transform(
      steps: [.resizeShortSide(size: 11, filter: .bilinear)], height: 16, width: 11)
    let out = try transform.image(image, random: random, origin: "a")
    #expect(out == (try image.resized(height: 16, width: 11, filter: .bilinear)))
  }

  @Test func inceptionCropStaysInItsRanges() throws {
    let image = try gradient(height: 60, width: 90)
    for example in 0..<50 as Range<UInt64> {
      let crop = try Transform(
        steps: [
          .randomResizedCrop(
            height: 16, width: 16, area: 0.05...1, aspect: 0.75...4 / 3.0, filter: .bilinear)
        ], height: 16, width: 16)
      let out = try crop.image(image, random: random.split(example), origin: "a")
      #expect(out.height == 16 && out.width == 16)
      #expect(out == (try crop.image(image, random: random.split(example), origin: "a")))
    }
    // No part of the whole area has this aspect ratio: the largest middle part is taken.
    let impossible = try Transform(
      steps: [
        .randomResizedCrop(height: 30, width: 30, area: 1...1, aspect: 1...1, filter: .bilinear)
      ], height: 30, width: 30)
    let middle = try image.cropped(top: 0, left: 15, height: 60, width: 60)
    #expect(
      try impossible.image(image, random: random, origin: "a")
        == middle.resized(height: 30, width: 30, filter: .bilinear))
  }

  @Test func drawsOfOneStepDoNotMoveAnothers() throws {
    let image = try gradient(height: 9, width: 9)
    let crop = TransformStep.crop(height: 5, width: 5, position: .random)
    let alone = try Transform(steps: [crop], height: 5, width: 5)
    let both = try Transform(steps: [crop, .flip(probability: 1)], height: 5, width: 5)
    #expect(
      try alone.image(image, random: random, origin: "a").flipped()
        == both.image(image, random: random, origin: "a"))
  }

  @Test func mistakesAreNamed() throws {
    let image = try gradient(height: 10, width: 8)
    let crop = try Transform(
      steps: [.crop(height: 9, width: 9, position: .random)], height: 9, width: 9)
    #expect(
      message { _ = try crop.values(image, random: random, origin: "cats/1.png") }
        == "cats/1.png: 8 x 10 pixels are too few for a crop of 9 x 9; resize to at least that first")
    let wrong = try Transform(steps: [], height: 4, width: 4)
    #expect(
      message { _ = try wrong.values(image, random: random, origin: "cats/1.png") }
        == "cats/1.png: comes out of the transform as 8 x 10, but 4 x 4 was asked for")
    #expect(
      message { _ = try Transform(steps: [.flip(probability: 2)], height: 4, width: 4) }
        == "transform: flip probability 2.0; it must lie in 0 to 1")
    #expect(
      message { _ = try Transform(steps: [], height: 4, width: 4, mean: [0]) }
        == "transform: mean must be three finite numbers, not [0.0]")
    #expect(
      message { _ = try Transform(steps: [], height: 4, width: 4, deviation: [1, 0, 1]) }
        == "transform: deviation must be three positive numbers, not [1.0, 0.0, 1.0]")
    #expect(
      message { _ = try Transform.standard(.train, size: 0) }
        == "transform: output size of 0 x 0; sides must be 1 to 65500")
  }
}
