/// What a picture looks like at a glance: the same for copies of other sizes, qualities and formats.
///
/// The bits are those of pHash (Zauner, *Implementation and Benchmarking of Perceptual Image Hash Functions*, 2010, in the form
/// that most libraries have): the picture as 32 x 32 grey levels, their cosine transform (DCT-II), and of its coefficients 0 to
/// 7 in both directions one bit each, row by row from the highest bit: whether it is above their median. What is above by no
/// more than rounding leaves counts as not above, so that coefficients that are nothing stay so in copies. Hashes of one picture
/// differ in few bits, those of two in about half.
///
/// The bits see no colour, and a picture without detail has none worth comparing (all are 0 then). So there are also the mean
/// colours of a grid of 4 x 4 parts.
public struct PerceptualHash: Sendable, Equatable {
  /// RGB of each part, row by row.
  public static let colourCount = 48
  /// Bits that copies differ in, at most.
  public static let usualDistance = 6
  /// Levels of 255 that colours of copies differ in, at most, in the mean.
  public static let usualColourDifference = 10.0

  public let bits: UInt64
  public let colours: [UInt8]

  static let side = 32
  private static let low = 0...7
  /// Grey levels that spread less than this have no detail.
  private static let flat = 1.5
  /// What rounding of 1,024 levels leaves in a coefficient.
  private static let rounding = 16.0

  public init(_ image: Image) throws {
    let small = try image.resized(height: Self.side, width: Self.side, filter: .bilinear)
    colours = try small.resized(height: 4, width: 4, filter: .bilinear).pixels
    // ITU-R BT.601.
    var grey: [Double] = []
    for place in 0..<Self.side * Self.side {
      let (red, green, blue) = (small.pixels[3 * place], small.pixels[3 * place + 1], small.pixels[3 * place + 2])
      grey.append(0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue))
    }
    let mean = grey.reduce(0, +) / Double(grey.count)
    var variance = 0.0
    for level in grey { variance += (level - mean) * (level - mean) }
    variance /= Double(grey.count)
    guard variance >= Self.flat * Self.flat else {
      bits = 0
      return
    }
    let coefficients = Self.transform(grey)
    let sorted = coefficients.sorted()
    let median = (sorted[31] + sorted[32]) / 2
    var bits: UInt64 = 0
    for coefficient in coefficients { bits = bits << 1 | (coefficient > median + Self.rounding ? 1 : 0) }
    self.bits = bits
  }

  /// cos(π · f · (2x + 1) / 64) for the frequencies and places x.
  private static let waves = low.map { frequency in
    (0..<side).map { cosineAndSine(turns: Double(frequency * (2 * $0 + 1)) / Double(4 * side)).cosine }
  }

  /// Coefficients (v, u) of the cosine transform for the low frequencies, row by row, but for a common factor.
  private static func transform(_ grey: [Double]) -> [Double] {
    // [32, 8], then [8, 8].
    var rows: [[Double]] = []
    for y in 0..<side { rows.append(waves.map { product($0) { x in grey[y * side + x] } }) }
    var result: [Double] = []
    for wave in waves {
      for u in waves.indices { result.append(product(wave) { y in rows[y][u] }) }
    }
    return result
  }

  private static func product(_ wave: [Double], _ value: (Int) -> Double) -> Double {
    var sum = 0.0
    for place in wave.indices { sum += wave[place] * value(place) }
    return sum
  }

  /// The bits that differ, of 64.
  public func distance(to other: PerceptualHash) -> Int { (bits ^ other.bits).nonzeroBitCount }

  /// The mean difference of the colours, in levels of 255.
  public func colourDifference(to other: PerceptualHash) -> Double {
    Double(zip(colours, other.colours).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(Self.colourCount)
  }
}
