import ZooData

/// A perceptual hash in a fixed block of memory.
struct ImageLook: Equatable {
  let bits: UInt64
  /// The first 48.
  let colours: SIMD64<UInt8>

  /// Nil for an image without detail, which says nothing.
  init?(_ hash: PerceptualHash) {
    guard hash.bits != 0 else { return nil }
    bits = hash.bits
    var colours = SIMD64<UInt8>(repeating: 0)
    for (index, colour) in hash.colours.prefix(PerceptualHash.colourCount).enumerated() { colours[index] = colour }
    self.colours = colours
  }

  init(bits: UInt64, colours: SIMD64<UInt8>) { (self.bits, self.colours) = (bits, colours) }

  /// Whether two images differ in at most `distance` bits, and little in their colours.
  func isLike(_ other: ImageLook, distance: Int) -> Bool {
    guard (bits ^ other.bits).nonzeroBitCount <= distance else { return false }
    var sum = 0
    for index in 0..<PerceptualHash.colourCount { sum += abs(Int(colours[index]) - Int(other.colours[index])) }
    return Double(sum) <= PerceptualHash.usualColourDifference * Double(PerceptualHash.colourCount)
  }

  /// Keys of which two hashes share one if they differ in at most `distance` bits: the bits are cut into distance + k bands, of
  /// which k are then equal; each key is k of the bands. k is the least for which a key has 20 bits.
  func keys(distance: Int) -> [UInt64] {
    var equal = 1
    while 64 * equal < 20 * (distance + equal) { equal += 1 }
    let count = distance + equal
    let bands = (0..<count).map { band in
      let (low, high) = (64 * band / count, 64 * (band + 1) / count)
      return high - low == 64 ? bits : bits >> UInt64(low) & (1 << UInt64(high - low) - 1)
    }
    var keys: [UInt64] = []
    func choose(_ from: Int, _ left: Int, _ hash: UInt64) {
      if left == 0 { return keys.append(hash) }
      guard from + left <= count else { return }
      for band in from...count - left {
        let part = bands[band] &* 64 &+ UInt64(band)
        choose(band + 1, left - 1, WordHash.mix(hash ^ part, 0x9E37_79B9_7F4A_7C15))
      }
    }
    choose(0, equal, 0x51_7C_C1_B7_27_22_0A_95)
    return keys
  }
}

extension ByteWriter {
  mutating func add(_ look: ImageLook) {
    add(look.bits)
    for index in 0..<PerceptualHash.colourCount { bytes.append(look.colours[index]) }
  }
}

extension ByteStream {
  mutating func imageLook() throws -> ImageLook {
    let bits = try unsigned()
    var colours = SIMD64<UInt8>(repeating: 0)
    for index in 0..<PerceptualHash.colourCount { colours[index] = try byte() }
    return ImageLook(bits: bits, colours: colours)
  }
}
