import Testing
import ZooData

@Suite("Perceptual hashes")
struct PerceptualHashTests {
  /// A smooth picture of its own for each seed, with an edge.
  private func picture(_ seed: Int, width: Int = 96, height: Int = 72, tint: Int = 0) throws -> Image {
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
        let wave = wave(u * Double(1 + seed % 3) + v * Double(seed % 4) * 0.7 + Double(seed) * 0.13)
        let other = self.wave(v * Double(1 + seed % 5) - u * Double(seed % 2) + Double(seed) * 0.37)
        let edge = u + v * Double(1 + seed % 2) > 0.9 ? 40.0 : 0
        let level = 20 + 80 * wave + 60 * other + edge
        for channel in 0..<3 { pixels.append(UInt8(min(255, max(0, level + Double(tint * (channel - 1)))))) }
      }
    }
    return try Image(width: width, height: height, pixels: pixels)
  }

  /// A triangle wave from 0 to 1.
  private func wave(_ x: Double) -> Double {
    let part = x - x.rounded(.down)
    return part < 0.5 ? 2 * part : 2 - 2 * part
  }

  @Test func copiesOfOtherSizesAreNear() throws {
    for seed in 0..<8 {
      let hash = try PerceptualHash(try picture(seed))
      for (width, height) in [(48, 36), (130, 97), (300, 225)] {
        let other = try PerceptualHash(try picture(seed).resized(height: height, width: width, filter: .bilinear))
        #expect(hash.distance(to: other) <= 4, "picture \(seed) at \(width) x \(height)")
        #expect(hash.colourDifference(to: other) < 3)
      }
    }
  }

  /// Levels cut to 16 are what strong compression does at least.
  @Test func coarseLevelsChangeLittle() throws {
    for seed in 0..<8 {
      let image = try picture(seed)
      let coarse = try Image(width: image.width, height: image.height, pixels: image.pixels.map { $0 / 16 * 16 + 8 })
      #expect(try PerceptualHash(image).distance(to: PerceptualHash(coarse)) <= PerceptualHash.usualDistance)
    }
  }

  @Test func otherPicturesAreFar() throws {
    let hashes = try (1..<8).map { try PerceptualHash(try picture($0)) }
    for a in hashes.indices {
      for b in hashes.indices where b > a { #expect(hashes[a].distance(to: hashes[b]) > PerceptualHash.usualDistance) }
    }
  }

  @Test func coloursAreToldApart() throws {
    let (grey, tinted) = (try PerceptualHash(try picture(3)), try PerceptualHash(try picture(3, tint: 60)))
    #expect(grey.distance(to: tinted) <= PerceptualHash.usualDistance)
    #expect(grey.colourDifference(to: tinted) > PerceptualHash.usualColourDifference)
  }

  /// What has no detail has no bits, only colours.
  @Test func plainPicturesHaveNoBits() throws {
    let plain = try Image(width: 40, height: 30, pixels: [UInt8](repeating: 90, count: 3600))
    #expect(try PerceptualHash(plain) == PerceptualHash(try Image(width: 9, height: 9, pixels: [UInt8](repeating: 90, count: 243))))
    #expect(try PerceptualHash(plain).bits == 0)
  }

  /// The bit of each low frequency is set where a picture is that wave alone.
  @Test func bitsAreFrequencies() throws {
    for (u, v, bit) in [(1, 0, 62), (7, 0, 56), (0, 1, 55), (0, 7, 7), (3, 2, 44), (7, 7, 0)] {
      var pixels: [UInt8] = []
      for y in 0..<32 {
        for x in 0..<32 {
          let level = 128 + 100 * cosine(u, x) * cosine(v, y)
          pixels += [UInt8](repeating: UInt8(level.rounded()), count: 3)
        }
      }
      let bits = try PerceptualHash(try Image(width: 32, height: 32, pixels: pixels)).bits
      #expect(bits >> UInt64(bit) & 1 == 1, "frequency \(u), \(v)")
    }
  }

  /// cos(π · f · (2x + 1) / 64) by the recurrence cos(fa) = 2 cos(a) cos((f - 1) a) - cos((f - 2) a).
  private func cosine(_ frequency: Int, _ x: Int) -> Double {
    let angle = Double.pi * Double(2 * x + 1) / 64
    // Taylor's series about 0, good to 1e-9 for angles up to π.
    var (term, sum) = (1.0, 1.0)
    for k in 1..<14 {
      term *= -angle * angle / Double((2 * k - 1) * 2 * k)
      sum += term
    }
    var (before, now) = (1.0, sum)
    if frequency == 0 { return 1 }
    for _ in 1..<frequency { (before, now) = (now, 2 * sum * now - before) }
    return now
  }
}
